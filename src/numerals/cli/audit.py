"""``numerals audit``: plan a sample of a run, state its error rate, watch later runs."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from numerals.cli.console import print_json, print_text, warn, with_progress
from numerals.cli.usage import UsageError, parse_rate, report_as_usage_error
from numerals.cli.verb_command import VerbCommand, VerbGroup, examples
from numerals.errors import DataError
from numerals.extras import requires_extra

if TYPE_CHECKING:
    from numerals.audit import Declaration, Review
    from numerals.batch.runs import Run

app = typer.Typer(
    name="audit",
    cls=VerbGroup,
    help="The error rate of a run: draw a sample, review it, state what it shows.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

_RunPath = Annotated[
    str, typer.Argument(metavar="RUN", help="Folder that numerals read --out FOLDER/ wrote.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(
    cls=VerbCommand,
    epilog=examples(
        "numerals audit plan answers/ --max-error 0.5%",
        "numerals audit plan answers/ --max-error 0.5% --dry-run",
        "numerals audit plan answers/ --max-error 1% --stages 2 --double",
        "numerals audit plan answers/  # the next stage",
    ),
)
def plan(
    run_path: _RunPath,
    max_error: Annotated[
        str | None,
        typer.Option(
            metavar="RATE", help="The error rate to test, such as 0.5%. Needed for the first stage."
        ),
    ] = None,
    confidence: Annotated[
        str | None, typer.Option(metavar="P", help="Of the statement. \\[default: 95%]")
    ] = None,
    stages: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="J",
            help="A failed stage may be followed by a stricter one, up to J in all. Each needs a "
            "larger sample than a single one. \\[default: 1]",
        ),
    ] = None,
    allow: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="K",
            help="Pass with up to K wrong numbers. \\[default: that of the smallest sample that "
            "passes 80 % of the time if the estimated risk is right]",
        ),
    ] = None,
    min_confidence: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            metavar="P",
            help="Accept numbers with at least this confidence. \\[default: until their estimated "
            "error rate is a third of RATE]",
        ),
    ] = None,
    double: Annotated[
        bool, typer.Option("--double", help="Two reviewers answer each number.")
    ] = False,
    only_digits: Annotated[
        bool,
        typer.Option("--only-digits", help="Compare digits, not signs, separators and spaces."),
    ] = False,
    reviewed: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Numbers of this run that were reviewed before: CSV or XLSX with file, page, line "
            "and answer; repeatable.",
        ),
    ] = None,
    store: Annotated[
        bool,
        typer.Option(
            "--store",
            help="Also use the confirmed and corrected lines of the run's files in the store.",
        ),
    ] = False,
    store_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Use this store: see numerals store.")
    ] = None,
    pictures: Annotated[
        list[Path] | None,
        typer.Option(metavar="FOLDER", help="Where the files are, if they were moved; repeatable."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Of the draw. \\[default: random]")
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Declare a new audit after one that has ended."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the choices; draw and write nothing.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Choose a threshold and a sample size, and draw the numbers to review.

    Accepts the numbers whose estimated error rate is a third of RATE or less, and draws some of
    them at random, one by one. RUN/audit/stage-1/ has their pictures and a table to fill in,
    without the readings.
    """
    from numerals.audit.drawing import draw_stage
    from numerals.audit.planning import propose_stage
    from numerals.cli.audit_output import print_plan, print_proposal

    run = _open_run(run_path)
    declaration = _parse_declaration(run, max_error, confidence, stages, double, only_digits)
    reviews = _load_reviews(run, reviewed or [], store or store_url is not None, store_url)
    with report_as_usage_error():
        proposal = propose_stage(
            run,
            declaration,
            allowed=allow,
            min_confidence=min_confidence,
            reviews=reviews,
            again=again,
        )
    if proposal.n_unmatched:
        warn(f"{proposal.n_unmatched} reviewed numbers are not in this run; they were not used")
    if dry_run:
        print_json(proposal.to_dict()) if as_json else print_proposal(proposal)
        return
    if not as_json:
        print_proposal(proposal)
    drawn = draw_stage(
        run,
        proposal,
        seed=seed,
        pictures=pictures or [],
        resolution=_resolution(run),
        progress=_show_progress,
    )
    print_json(drawn.to_dict()) if as_json else print_plan(run.path, drawn)
    _warn_of_missing_pictures(run.path)


@app.command(
    cls=VerbCommand,
    epilog=examples(
        "numerals audit result answers/",
        "numerals audit result answers/ --answers anna=sample.xlsx",
        "numerals audit result answers/ --out accepted.csv",
    ),
)
def result(
    run_path: _RunPath,
    answers: Annotated[
        list[str] | None,
        typer.Option(
            metavar="\\[NAME=]FILE",
            help="A filled-in sample, CSV or XLSX; repeatable. NAME is the reviewer, by default "
            "the name of the file.",
        ),
    ] = None,
    as_typed: Annotated[
        bool,
        typer.Option(
            "--as-typed", help="Take answers that look changed by a spreadsheet as they are."
        ),
    ] = False,
    disputed_wrong: Annotated[
        bool,
        typer.Option(
            "--disputed-wrong",
            help="Count numbers whose two answers differ as wrong, instead of waiting for a third.",
        ),
    ] = False,
    stop: Annotated[
        bool,
        typer.Option("--stop", help="End a stage as failed that has too many wrong numbers."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the accepted numbers, corrected: .csv, .parquet or .xlsx."
        ),
    ] = None,
    as_json: _Json = False,
) -> None:
    """State what the reviewed sample shows about all accepted numbers of a run.

    Writes RUN/audit/certificate.html, certificate.json and corrections.csv. The exit code is 0 if
    the audit has passed, 1 if it has failed, and 2 if answers are missing.
    """
    from numerals.audit.certificate import write_certificate
    from numerals.audit.corrected_numbers import (
        check_accepted_suffix,
        write_accepted,
        write_corrections,
    )
    from numerals.audit.result import audit_result
    from numerals.cli.audit_output import print_result

    if out is not None:
        with report_as_usage_error():
            check_accepted_suffix(out)
    run = _open_run(run_path)
    _import_answers(run, answers or [], as_typed)
    found = audit_result(run, stop=stop, disputed_are_wrong=disputed_wrong)
    if found.decided_at:
        write_certificate(run.path, found)
        write_corrections(run, found)
    if as_json:
        print_json(found.to_dict(), indent=2)
    else:
        print_result(run, found)
    if not found.decided_at:
        raise typer.Exit(2)
    if out is not None:
        n_numbers = write_accepted(run, found, out)
        if not as_json:
            print_text(f"{out}: {n_numbers:,} accepted numbers")
    if not found.passed:
        raise typer.Exit(1)


@app.command(
    cls=VerbCommand,
    epilog=examples(
        "numerals audit watch december/ --against november/",
    ),
)
def watch(
    run_path: _RunPath,
    against: Annotated[
        str, typer.Option(metavar="RUN", help="The audited run.", show_default=False)
    ],
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Of the permutations.")] = 0,
    as_json: _Json = False,
) -> None:
    """Test whether a new run resembles an audited one, by the confidences of its numbers.

    The exit code is 0 if no difference was found, 1 if the runs differ, and 2 after an error.
    """
    from numerals.audit.drift import compare_runs
    from numerals.cli.audit_output import print_drift

    new, audited = _open_run(run_path), _open_run(against)
    _check_same_reading(new, audited)
    report = compare_runs(new, audited, seed=seed)
    if as_json:
        print_json(report.to_dict(), indent=2)
    else:
        print_drift(report)
    if report.has_drifted:
        raise typer.Exit(1)


def _open_run(path: str) -> "Run":
    """Open a complete run on a local disk."""
    from numerals.batch.remote_files import is_url
    from numerals.batch.runs import open_run

    if is_url(path):
        raise DataError(f"{path}: copy the run to a local folder; an audit writes files into it")
    run = open_run(path)
    if not run.is_complete:
        raise DataError(
            f"{path}: is not complete, so that its accepted numbers are not known; run numerals "
            "read again with the same options, which finishes it"
        )
    return run


def _parse_declaration(
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


def _load_reviews(
    run: "Run", paths: Sequence[Path], use_store: bool, store_url: str | None
) -> "list[Review]":
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

    files = {unit.name for unit in run.units()}
    store = open_store(store_url)
    try:
        for script in SCRIPTS:
            for line in iter_answered_lines(store, script):
                if line.source in files:
                    yield Review(line.source, line.page, line.number, line.answer, line.read)
    finally:
        store.close()


def _resolution(run: "Run") -> float:
    value = run.manifest.options.get("resolution", 200)
    return float(value) if isinstance(value, int | float) else 200.0


def _show_progress(items: Iterable[str], total: int, description: str) -> Iterator[str]:
    return with_progress(items, total, description)


def _warn_of_missing_pictures(run_path: str) -> None:
    from numerals.audit import open_stage

    missing = open_stage(run_path).missing_crops()
    if missing:
        first = next(iter(missing.values()))
        warn(f"{len(missing)} pictures could not be cut, the first because: {first}")


def _import_answers(run: "Run", files: Sequence[str], as_typed: bool) -> None:
    from numerals.audit.result import import_answers

    for text in files:
        name, equals, path = text.rpartition("=")
        file = Path(path)
        with report_as_usage_error():
            import_answers(run, file, name if equals else file.stem, as_typed=as_typed)


def _check_same_reading(new: "Run", audited: "Run") -> None:
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
