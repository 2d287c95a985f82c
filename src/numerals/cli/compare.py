"""``numerals compare``: several methods on the same digits."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import say, say_json, warn
from numerals.cli.data_options import load_data
from numerals.errors import MissingExtraError

if TYPE_CHECKING:
    from numerals.lab.candidate import Candidate
    from numerals.lab.comparison import Entry
    from numerals.records import Digits

EPILOG = """
[bold]Examples[/bold]

  numerals compare cosine logistic random-forest --data mnist --limit 10000

  numerals compare cosine cosine:pca=60,deskew=true latin --data mnist --report compare.html

  numerals compare my.onnx other.skops --data dig-mnist --json

Needs pip install 'numerals\\[lab]'. Each method runs in a process of its own, one after the other.
Exit code 1 if a method failed; the others are compared all the same.
"""


def compare(
    methods: Annotated[
        list[str],
        typer.Argument(
            metavar="METHOD...",
            help="Names of methods, with settings if need be (cosine:pca=60); scripts and model "
            "files (.onnx, .skops), which are not fitted again.",
        ),
    ],
    data: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="A data set's name, or a file or folder. One without a "
            "test split is divided: a fifth at random is for the test.",
        ),
    ],
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Fit on the first N digits alone.")
    ] = None,
    test_limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Test on the first N digits alone.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="HTML", help="Write table and figures as one page.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare methods: accuracy, time to fit and to classify, size, memory, significance."""
    try:
        from numerals.lab.candidate import parse_candidate
        from numerals.lab.comparison import class_balance
        from numerals.lab.comparison import compare as compare_candidates
        from numerals.reports import comparison_report
        from numerals.reports.figure_files import make_folder_of
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"comparing ({error.name})", "lab") from error
    if report:  # what is in its way is told before long work
        make_folder_of(report)
    candidates = [parse_candidate(method) for method in dict.fromkeys(methods)]
    train, test = _load(data, limit, test_limit, fit=any(c.is_method for c in candidates))
    if not as_json:
        balance = class_balance(train, test)
        say(comparison_report.balance_table(balance, test.classes) + "\n")
    comparison = compare_candidates(
        candidates,
        train,
        test,
        on_start=lambda place, candidate: warn(f"{place} of {len(candidates)}: {candidate.title}"),
        on_end=_tell,
    )
    if report and comparison.entries:
        comparison_report.write_comparison_report(report, comparison, data=test.name)
        warn(f"wrote {report}")
    if as_json:
        say_json(comparison.to_dict())
    elif comparison.entries:
        say(comparison_report.comparison_table(comparison))
    if comparison.failures:
        raise typer.Exit(1)


def _load(
    data: str, limit: int | None, test_limit: int | None, *, fit: bool
) -> "tuple[Digits | None, Digits]":
    from numerals.evaluation import first_digits
    from numerals.lab.comparison import split_parts

    test = load_data(data, split="test")
    train = None
    if fit:
        whole = load_data(data, split="train")
        train, held_out = split_parts(whole, test)
        if held_out is not test:
            warn(f"{data} comes in one part: {len(held_out):,} of {len(whole):,} are for the test")
        train, test = first_digits(train, limit), held_out
    return train, first_digits(test, test_limit)


def _tell(candidate: "Candidate", outcome: "Entry | str") -> None:
    if isinstance(outcome, str):
        warn(f"error: {candidate.title}: {outcome}")
        return
    fitted = outcome.trial.fit_seconds
    took = "" if fitted is None else f"fitted in {fitted:.1f} s, "
    warn(
        f"{candidate.title}: {100 * outcome.accuracy.accuracy:.2f} %, {took}"
        f"{len(outcome.trial.labels):,} digits in {outcome.trial.predict_seconds:.1f} s"
    )
    for note in outcome.trial.notes:
        warn(f"{candidate.title}: {note}")
