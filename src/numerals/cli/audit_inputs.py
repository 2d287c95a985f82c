"""What the commands of ``numerals audit`` take: runs, declarations, reviewed numbers, answers."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerals.cli.console import warn, with_progress
from numerals.cli.usage import UsageError, parse_rate, report_as_usage_error
from numerals.errors import DataError
from numerals.extras import requires_extra
from numerals.printable import printable

if TYPE_CHECKING:
    from numerals.audit import Declaration, Review
    from numerals.batch.runs import Run


def open_run(path: str) -> "Run":
    """Open a complete run on a local disk."""
    from numerals.batch import runs
    from numerals.batch.remote_files import is_url

    if is_url(path):
        raise DataError(f"{path}: copy the run to a local folder; an audit writes files into it")
    run = runs.open_run(path)
    if not run.is_complete:
        raise DataError(
            f"{path}: is not complete, so that its accepted numbers are not known; run numerals "
            "read again with the same options, which finishes it"
        )
    n_files, n_expected = run.counts.files, run.manifest.counts.files
    if n_files != n_expected:
        raise DataError(
            f"{path}: has {n_files:,} files, but its manifest says {n_expected:,}: parts were "
            "removed or added; run numerals read again with the same options, which reads missing "
            "files"
        )
    return run


def parse_declaration(
    run: "Run",
    max_error: str | None,
    confidence: str | None,
    stages: int | None,
    double: bool,
    only_digits: bool,
) -> "Declaration | None":
    """Return what the options declare; None if they declare nothing, as for a later stage."""
    from numerals.audit import Declaration

    rate = parse_rate("--max-error", max_error)
    if rate is None:
        if confidence is not None or stages is not None or double or only_digits:
            raise UsageError(
                "--confidence, --stages, --double and --only-digits require --max-error"
            )
        return None
    compare = "digits" if only_digits or run.manifest.options.get("only_digits") else "exact"
    level = parse_rate("--confidence", confidence)
    with report_as_usage_error():
        return Declaration(rate, 0.95 if level is None else level, stages or 1, double, compare)


def load_reviews(
    run: "Run", paths: Sequence[Path], use_store: bool, store_url: str | None
) -> "list[Review]":
    """Return the reviewed numbers of tables, and of a store."""
    from numerals.audit.reviewed import read_reviews

    reviews = [review for path in paths for review in read_reviews(path)]
    if use_store:
        reviews += _load_stored_reviews(run, store_url)
    return reviews


def _load_stored_reviews(run: "Run", store_url: str | None) -> "Iterator[Review]":
    """Yield the confirmed and corrected lines of a store that are of files of the run."""
    with requires_extra("web", "--store"):
        from numerals.store import open_store
    from numerals.audit import Review
    from numerals.corrections.answered_lines import iter_answered_lines
    from numerals.scripts import SCRIPTS

    names = {unit.name: printable(unit.name) for unit in run.units()}
    store = open_store(store_url)
    try:
        for script in SCRIPTS:
            for line in iter_answered_lines(store, script):
                if line.source in names:
                    yield Review(names[line.source], line.page, line.number, line.answer, line.read)
    finally:
        store.close()


def pdf_resolution(run: "Run") -> float:
    """Return the resolution that the PDF pages of a run were rendered at, dots per inch."""
    value = run.manifest.options.get("resolution", 200)
    return float(value) if isinstance(value, int | float) else 200.0


def show_progress(items: Iterable[str], total: int, description: str) -> Iterator[str]:
    """Pass items on, with a progress bar."""
    return with_progress(items, total, description)


def warn_of_missing_pictures(run_path: str) -> None:
    """Warn of numbers of the latest stage that have no picture."""
    from numerals.audit import open_stage

    missing = open_stage(run_path).missing_crops()
    if missing:
        first = next(iter(missing.values()))
        warn(f"{len(missing)} pictures could not be cut, the first because: {first}")


def import_answers(run: "Run", files: Sequence[str], as_typed: bool) -> None:
    """Record the answers of files, each given as ``NAME=FILE`` or ``FILE``."""
    from numerals.audit import result

    for text in files:
        name, equals, path = text.rpartition("=")
        file = Path(path)
        with report_as_usage_error():
            result.import_answers(run, file, name if equals else file.stem, as_typed=as_typed)


def check_same_reading(new: "Run", audited: "Run") -> None:
    """Check that two runs were read by the same models with the same options."""
    for name in ("models", "options"):
        values: list[dict[str, Any]] = [getattr(r.manifest, name) for r in (new, audited)]
        different = sorted(
            key
            for key in values[0].keys() | values[1].keys()
            if values[0].get(key) != values[1].get(key)
        )
        if different:
            raise DataError(
                f"{new.path}: was read with other {name} than {audited.path} "
                f"({', '.join(different)}); an audit says nothing about readings of other {name}"
            )
