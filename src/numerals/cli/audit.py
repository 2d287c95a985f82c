"""``numerals audit``: plan a sample of a run, state its error rate, watch later runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.audit_inputs import (
    check_same_reading,
    import_answers,
    load_reviews,
    open_run,
    parse_declaration,
    pdf_resolution,
    show_progress,
    warn_of_missing_pictures,
)
from numerals.cli.console import print_json, print_text, warn
from numerals.cli.usage import report_as_usage_error
from numerals.cli.verb_command import VerbCommand, VerbGroup, examples

if TYPE_CHECKING:
    pass

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

    run = open_run(run_path)
    declaration = parse_declaration(run, max_error, confidence, stages, double, only_digits)
    reviews = load_reviews(run, reviewed or [], store or store_url is not None, store_url)
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
        resolution=pdf_resolution(run),
        progress=show_progress,
    )
    print_json(drawn.to_dict()) if as_json else print_plan(run.path, drawn)
    warn_of_missing_pictures(run.path)


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
    run = open_run(run_path)
    import_answers(run, answers or [], as_typed)
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

    new, audited = open_run(run_path), open_run(against)
    check_same_reading(new, audited)
    report = compare_runs(new, audited, seed=seed)
    if as_json:
        print_json(report.to_dict(), indent=2)
    else:
        print_drift(report)
    if report.has_drifted:
        raise typer.Exit(1)
