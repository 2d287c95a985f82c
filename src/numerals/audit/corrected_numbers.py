"""The accepted numbers of an audited run with the answers of its reviewers."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from numerals.audit.population import NumbersRun, check_same_numbers, is_eligible, load_rows
from numerals.audit.result import AuditResult
from numerals.audit.reviewed import ReviewedNumber, load_reviewed
from numerals.audit.stage import AUDIT_FOLDER, open_stage
from numerals.csv_cells import SafeWriter
from numerals.errors import OptionError
from numerals.files import atomic_file, report_write_errors
from numerals.output.number_files import CsvNumberWriter, NumberWriter, ParquetNumberWriter
from numerals.output.number_rows import NumberRow
from numerals.output.workbook import NumberWorkbook

CORRECTIONS_FILE = "corrections.csv"

_PLACE = ("file", "page", "line", "table", "row", "column", "field")
CORRECTION_COLUMNS = (*_PLACE, "read", "answer", "confidence")
REVIEWER = "reviewer"
"""What the column ``model`` says of a number that a person corrected."""

_ROWS_AT_A_TIME = 10_000
_WRITERS: dict[str, Callable[[Path], NumberWriter]] = {
    ".csv": CsvNumberWriter,
    ".parquet": ParquetNumberWriter,
    ".xlsx": NumberWorkbook,
}


def accepted_numbers(run: NumbersRun, result: AuditResult) -> Iterator[NumberRow]:
    """Yield the accepted numbers of a run, in its order, corrected by its reviewers.

    These are the numbers that the sample was drawn from, and those that were reviewed before and
    are legible. A number that reviewers corrected has their answer as its text, the confidence 1,
    and `REVIEWER` as its model. One of the sample where they saw no number has an empty text and is
    not accepted.

    Parameters
    ----------
    run : NumbersRun
    result : AuditResult
        Of a closed stage.
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
            yield replace(row, accepted=True)


def check_accepted_suffix(path: Path) -> None:
    """Raise `OptionError` for a file whose suffix is not .csv, .parquet or .xlsx."""
    if path.suffix.lower() not in _WRITERS:
        *first, last = _WRITERS
        raise OptionError(f"{path}: expected a file name that ends in {', '.join(first)} or {last}")


def write_accepted(run: NumbersRun, result: AuditResult, path: Path) -> int:
    """Write the accepted numbers to a file in the format of its suffix.

    Returns
    -------
    int
        How many there are.

    Raises
    ------
    OptionError
        If the suffix is unknown.
    DataError
        If the file cannot be written.
    """
    check_accepted_suffix(path)
    n_numbers = 0
    with report_write_errors(path), atomic_file(path) as temporary:
        with closing(_WRITERS[path.suffix.lower()](temporary)) as writer:
            rows = accepted_numbers(run, result)
            while batch := list(islice(rows, _ROWS_AT_A_TIME)):
                writer.write(batch)
                n_numbers += len(batch)
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


def _apply(row: NumberRow, reviewed: ReviewedNumber) -> NumberRow:
    if reviewed.is_right:
        return replace(row, accepted=True)
    text = reviewed.answer if reviewed.is_legible else ""
    return replace(
        row,
        text=text,
        accepted=bool(text),
        confidence=1.0,
        alternatives=(),
        model=REVIEWER,
    )


def _place(row: NumberRow) -> list[object]:
    return ["" if getattr(row, name) is None else getattr(row, name) for name in _PLACE]
