"""``numerals compare``: compare methods on the same digits."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import print_json, print_text, warn
from numerals.cli.data_options import load_data
from numerals.cli.extras import requires_extra

if TYPE_CHECKING:
    from numerals.lab.candidate import ComparisonCandidate
    from numerals.lab.comparison_entry import ComparisonEntry
    from numerals.records import Digits

EPILOG = """
[bold]Examples[/bold]

  numerals compare cosine logistic random-forest --data mnist --limit 10000

  numerals compare cosine cosine:pca=60,deskew=true latin --data mnist --report compare.html

  numerals compare my.onnx other.skops --data dig-mnist --json

Needs pip install 'numerals\\[lab]'. Methods run one after the other, each in its own process.
The exit code is 1 if a method failed; the other methods are still compared.
"""


def compare(
    methods: Annotated[
        list[str],
        typer.Argument(
            metavar="METHOD",
            help="Names of methods, optionally with settings (cosine:pca=60); scripts and model "
            "files (.onnx, .skops), which are not fitted.",
        ),
    ],
    data: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="A data set's name, or a file or folder. If it has no test split, a random fifth "
            "of it is used.",
        ),
    ],
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Fit only on the first N digits.")
    ] = None,
    test_limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Test only on the first N digits.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="HTML", help="Write tables and charts as an HTML page.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare methods: accuracy, time to fit and to classify, size, memory, significance."""
    with requires_extra("lab", "comparing"):
        from numerals.lab.candidate import parse_candidate
        from numerals.lab.comparison import compare as compare_candidates
        from numerals.lab.comparison_data import class_balance
        from numerals.reports.comparison_report import write_comparison_report
        from numerals.reports.comparison_tables import methods_table
        from numerals.reports.digit_tables import class_balance_table
        from numerals.reports.figure_files import make_parent_folder
    if report:  # fail before long work if the report cannot be written
        make_parent_folder(report)
    candidates = [parse_candidate(method) for method in dict.fromkeys(methods)]
    train, test = _load_splits(data, limit, test_limit, fit=any(c.is_method for c in candidates))
    if not as_json:
        balance = class_balance(train, test)
        print_text(class_balance_table(balance, test.classes).to_text() + "\n")
    comparison = compare_candidates(
        candidates,
        train,
        test,
        on_start=lambda number, candidate: warn(
            f"{number} of {len(candidates)}: {candidate.title}"
        ),
        on_end=_report_outcome,
    )
    if report and comparison.entries:
        write_comparison_report(report, comparison, data=test.name)
        warn(f"wrote {report}")
    if as_json:
        print_json(comparison.to_dict())
    elif comparison.entries:
        print_text(methods_table(comparison).to_text())
    if comparison.failures:
        raise typer.Exit(1)


def _load_splits(
    data: str, limit: int | None, test_limit: int | None, *, fit: bool
) -> "tuple[Digits | None, Digits]":
    from numerals.lab.comparison_data import split_train_test

    test = load_data(data, split="test")
    train = None
    if fit:
        whole = load_data(data, split="train")
        train, held_out = split_train_test(whole, test)
        if held_out is not test:
            warn(
                f"{data} has no test split: {len(held_out):,} of {len(whole):,} digits are used"
                " for the test"
            )
        train, test = train[:limit], held_out
    return train, test[:test_limit]


def _report_outcome(candidate: "ComparisonCandidate", outcome: "ComparisonEntry | str") -> None:
    if isinstance(outcome, str):
        warn(f"error: {candidate.title}: {outcome}")
        return
    fit_seconds = outcome.trial.fit_seconds
    fitted = "" if fit_seconds is None else f"fitted in {fit_seconds:.1f} s, "
    warn(
        f"{candidate.title}: {100 * outcome.accuracy.accuracy:.2f} %, {fitted}"
        f"{len(outcome.trial.labels):,} digits in {outcome.trial.predict_seconds:.1f} s"
    )
    for note in outcome.trial.notes:
        warn(f"{candidate.title}: {note}")
