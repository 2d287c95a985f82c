"""The accepted numbers of an audited run with the answers of its reviewers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from numerals.audit.answers import special_answer
from numerals.audit.population import NumbersRun, check_same_numbers, is_eligible, load_rows
from numerals.audit.result import AuditResult
from numerals.audit.reviewed import ReviewedNumber, load_reviewed
from numerals.audit.stage import AUDIT_FOLDER, open_stage
from numerals.csv_cells import SafeWriter
from numerals.files import atomic_file, report_write_errors
from numerals.output.number_rows import NumberRow

CORRECTIONS_FILE = "corrections.csv"

_PLACE = ("file", "page", "line", "table", "row", "column", "field")
CORRECTION_COLUMNS = (*_PLACE, "read", "answer", "confidence")
ACCEPTED_COLUMNS = (*_PLACE, "text", "confidence", "box", "review")


class AcceptedNumber(NamedTuple):
    """A number to deliver.

    Attributes
    ----------
    row : NumberRow
        With the answer as its text, if it was reviewed; an empty one for no number.
    review : str
        ``right``, ``corrected``, ``illegible`` or ``nothing``; empty if it was not reviewed.
    """

    row: NumberRow
    review: str


def accepted_numbers(run: NumbersRun, result: AuditResult) -> Iterator[AcceptedNumber]:
    """Yield the accepted numbers of a run, in its order, corrected by its reviewers.

    These are the numbers that the sample was drawn from, and those that were reviewed before.

    Parameters
    ----------
    run : NumbersRun
    result : AuditResult
    """
    before = {each.row: each for each in load_reviewed(open_stage(run.path).path)}
    sample = {each.row: each for each in result.reviewed}
    for position, row in enumerate(run.rows()):
        reviewed = before.get(position)
        if reviewed is not None:
            if reviewed.is_legible:
                yield _apply(row, reviewed)
        elif position in sample:
            yield _apply(row, sample[position])
        elif is_eligible(row) and (row.confidence or 0) >= result.plan.min_confidence:
            yield AcceptedNumber(replace(row, accepted=True), "")


def write_accepted_csv(run: NumbersRun, result: AuditResult, path: Path) -> int:
    """Write the accepted numbers to a CSV file, and return how many there are."""
    n_numbers = 0
    with (
        report_write_errors(path),
        atomic_file(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = SafeWriter(stream)
        writer.writerow(ACCEPTED_COLUMNS)
        for row, review in accepted_numbers(run, result):
            box = "" if row.box is None else " ".join(map(str, row.box))
            writer.writerow([*_place(row), row.text, row.confidence, box, review])
            n_numbers += 1
    return n_numbers


def write_corrections(run: NumbersRun, result: AuditResult) -> Path:
    """Write ``corrections.csv``: the reviewed numbers that were wrong, before and in the sample."""
    before = load_reviewed(open_stage(run.path).path)
    wrong = {each.row: each for each in [*before, *result.reviewed] if not each.is_right}
    rows, sha256 = load_rows(run, wrong.keys())
    check_same_numbers(run.path, result.plan.run_sha256, sha256)
    path = Path(run.path, AUDIT_FOLDER, CORRECTIONS_FILE)
    with (
        report_write_errors(path),
        atomic_file(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = SafeWriter(stream)
        writer.writerow(CORRECTION_COLUMNS)
        for position in sorted(wrong):
            row = rows[position]
            writer.writerow([*_place(row), row.text, wrong[position].answer, row.confidence])
    return path


def _apply(row: NumberRow, reviewed: ReviewedNumber) -> AcceptedNumber:
    special = special_answer(reviewed.answer)
    if special is not None:
        return AcceptedNumber(replace(row, text="", accepted=False), special)
    if reviewed.is_right:
        return AcceptedNumber(replace(row, accepted=True), "right")
    return AcceptedNumber(replace(row, text=reviewed.answer, accepted=True), "corrected")


def _place(row: NumberRow) -> list[object]:
    return ["" if getattr(row, name) is None else getattr(row, name) for name in _PLACE]
