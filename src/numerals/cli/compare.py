"""``numerals compare``: compare methods on the same digits."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import print_json, print_text, warn
from numerals.cli.data_options import load_data
from numerals.cli.option_groups import option_group, with_option_groups
from numerals.cli.usage import UsageError
from numerals.extras import requires_extra
from numerals.files import make_parent_folder

if TYPE_CHECKING:
    from numerals.lab.accuracy_curve import AccuracyCurve
    from numerals.lab.candidate import ComparisonCandidate
    from numerals.lab.comparison import Comparison
    from numerals.lab.comparison_entry import ComparisonEntry
    from numerals.records import Digits

EPILOG = """
[bold]Examples[/bold]

  numerals compare cosine logistic random-forest --data mnist --limit 10000

  numerals compare cosine cosine:pca=60,deskew=true latin --data mnist --report compare.html

  numerals compare logistic mlp cnn --data mnist --curve --plot curve.png

  numerals compare my.onnx other.skops --data dig-mnist --json

Needs pip install 'numerals\\[lab]'. Methods run one after the other, each in its own process.
The exit code is 1 if a method failed; the other methods are still compared.
"""


@option_group("Accuracy against training size")
class CurveOptions:
    """Options for the accuracy against the number of training digits."""

    is_enabled: Annotated[
        bool,
        typer.Option("--curve", help="Also fit each method to fewer digits: accuracy by size."),
    ] = False
    sizes: Annotated[
        str | None,
        typer.Option(
            metavar="N,N,...",
            help="Numbers of training digits. \\[default: 100,300,1000,... and all]",
        ),
    ] = None
    plot: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Draw the chart to this file.")
    ] = None

    def check(self, candidates: "list[ComparisonCandidate]") -> None:
        """Raise `UsageError` if the options or the candidates do not allow a curve."""
        if (self.sizes or self.plot) and not self.is_enabled:
            raise UsageError("--sizes and --plot require --curve")
        if self.is_enabled and not any(candidate.is_method for candidate in candidates):
            raise UsageError("--curve fits methods to fewer digits, but only models were named")

        self._numbers()

    def choose_sizes(self, n_train: int) -> list[int]:
        """Return the numbers of training digits, in ascending order."""
        from numerals.lab.accuracy_curve import check_sizes, curve_sizes

        if not self.is_enabled:
            return []
        return check_sizes(self._numbers() or curve_sizes(n_train), n_train)

    def _numbers(self) -> list[int]:
        try:
            return [int(size) for size in self.sizes.split(",")] if self.sizes else []
        except ValueError:
            message = f"--sizes {self.sizes}: expected numbers such as 100,1000,10000"
            raise UsageError(message) from None


@with_option_groups
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
    *,
    curve: CurveOptions,
) -> None:
    """Compare methods: accuracy, time to fit and to classify, size, memory, significance."""
    with requires_extra("lab", "comparing"):
        from numerals.lab.candidate import parse_candidate
        from numerals.lab.comparison import compare as compare_candidates
        from numerals.lab.comparison_data import class_balance
        from numerals.reports.comparison_report import write_comparison_report
        from numerals.reports.comparison_tables import methods_table
        from numerals.reports.digit_tables import class_balance_table
    candidates = [parse_candidate(method) for method in dict.fromkeys(methods)]
    curve.check(candidates)
    for path in filter(None, (report, curve.plot)):  # fail before long work
        make_parent_folder(path)
    train, test = _load_splits(data, limit, test_limit, fit=any(c.is_method for c in candidates))
    sizes = curve.choose_sizes(len(train)) if train is not None else []
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
    if comparison.entries and not as_json:
        print_text(methods_table(comparison).to_text())
    measured = None
    if sizes and train is not None:
        measured = _measure_curve(comparison, candidates, train, sizes)
        _show_curve(measured, curve.plot, as_text=not as_json)
    if report and comparison.entries:
        write_comparison_report(report, comparison, data=test.name, curve=measured)
        warn(f"wrote {report}")
    if as_json:
        print_json(comparison.to_dict() | ({"curve": measured.to_dict()} if measured else {}))
    if comparison.failures or (measured and measured.failures):
        raise typer.Exit(1)


def _measure_curve(
    comparison: "Comparison",
    candidates: "list[ComparisonCandidate]",
    train: "Digits",
    sizes: list[int],
) -> "AccuracyCurve":
    from numerals.lab.accuracy_curve import measure_curve

    curve = measure_curve(
        comparison,
        candidates,
        train,
        sizes,
        on_end=lambda point: warn(
            f"{point.title}, {point.n_train:,} digits: {100 * point.accuracy:.2f} %, fitted in "
            f"{point.fit_seconds:.1f} s"
        ),
    )
    for fit, message in curve.failures.items():
        warn(f"error: {fit}: {message}")
    return curve


def _show_curve(curve: "AccuracyCurve", plot: Path | None, *, as_text: bool) -> None:
    """Print the table of a curve, and draw its chart."""
    from numerals.displays.chart_style import render_figure
    from numerals.reports.comparison_tables import curve_table
    from numerals.reports.figure_files import to_png

    if not curve.points:
        return
    if as_text:
        print_text("\n" + curve_table(curve).to_text())
    if plot:
        to_png(render_figure(curve.plot), plot)
        warn(f"wrote {plot}")


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
