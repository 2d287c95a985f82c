"""``numerals evaluate``: measure the accuracy of a model on digits or pages."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from numerals.cli.console import print_json, print_text, warn, with_progress
from numerals.cli.data_options import DigitFileOptions, load_data
from numerals.cli.model_loading import load_any_model
from numerals.cli.option_groups import option_group, with_option_groups
from numerals.cli.usage import UsageError
from numerals.extras import requires_extra
from numerals.files import make_parent_folder

if TYPE_CHECKING:
    from numerals.evaluation import Evaluation, PageOutcome
    from numerals.models import Model
    from numerals.records import Digits

EPILOG = """
[bold]Examples[/bold]

  numerals evaluate --data mnist

  numerals evaluate my.onnx --data kannada-mnist --report report.html

  numerals evaluate logistic.skops --data digits/ --json > figures.json

  numerals evaluate --data emnist-digits-test-images-idx3-ubyte.gz --transpose

  numerals evaluate --pages examples/pages.csv --report pages.html

  numerals evaluate kannada --pages cells.csv --split validation --field --only-digits --wrong

  numerals evaluate --pages singles.csv --column label --digits
"""


@option_group("Input")
class EvaluatedDataOptions:
    """The digits or pages to evaluate on."""

    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Digits to classify: a data set's name, or a file or folder."
        ),
    ] = None
    pages: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Pages to read: columns file and text (lines separated by |); optional columns "
            "set and split.",
        ),
    ] = None
    split: Annotated[
        str | None, typer.Option(help="Use only this split; for --data, test by default.")
    ] = None
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Use only the first N digits.")
    ] = None
    column: Annotated[str, typer.Option(help="Name of the column with the true text.")] = "text"


@option_group("Reading")
class PageReadingOptions:
    """Content of the pictures of --pages, and the characters to compare."""

    digits: Annotated[bool, typer.Option("--digits", help="Each picture is one digit.")] = False
    field: Annotated[bool, typer.Option("--field", help="Each picture is one line.")] = False
    only_digits: Annotated[
        bool,
        typer.Option("--only-digits", help="Compare only digits, without spaces and signs."),
    ] = False

    @property
    def layout(self) -> Literal["page", "field", "digit"]:
        """The argument `layout` of `ReadOptions`."""
        return "digit" if self.digits else "field" if self.field else "page"


@option_group("Output")
class EvaluationOutputOptions:
    """What is printed and written."""

    report: Annotated[
        Path | None,
        typer.Option(metavar="HTML", help="Write metrics, charts and errors as an HTML page."),
    ] = None
    wrong: Annotated[bool, typer.Option("--wrong", help="List the errors.")] = False
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False


@with_option_groups
def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A script with a shipped model, or a model file (.onnx, .skops).",
        ),
    ] = "latin",
    *,
    source: EvaluatedDataOptions,
    reading: PageReadingOptions,
    output: EvaluationOutputOptions,
    file_options: DigitFileOptions,
) -> None:
    """Measure the accuracy of a model on digits or pages, and the quality of its confidences."""
    if (source.pages is None) == (source.data is None):
        raise UsageError("name either --data or --pages")
    if output.report:  # fail before long work if the report cannot be written
        with requires_extra("lab", "--report"):
            from numerals.reports import figure_files  # noqa: F401
        make_parent_folder(output.report)
    if source.data is not None:
        _evaluate_digits(model, source.data, source, output, file_options)
    if source.pages is not None:
        _evaluate_pages(model, source.pages, source, reading, output)


def _evaluate_digits(
    model_name: str,
    data: str,
    source: EvaluatedDataOptions,
    output: EvaluationOutputOptions,
    file_options: DigitFileOptions,
) -> None:
    """Classify a data set, and print the accuracy."""
    from numerals.data import attach_mnist_writers
    from numerals.reports.digit_tables import digit_accuracy_text

    split = source.split or "test"
    model = load_any_model(model_name)  # reports a wrong name before a data set is downloaded
    digits = load_data(data, split=split, file_options=file_options)
    if not Path(data).exists():
        digits = attach_mnist_writers(digits, split)
    evaluation = _classify(model, data, digits, source.limit, list_errors=output.wrong)
    title = evaluation.digits.name if Path(data).exists() else f"{data}, {split}"
    if output.report:
        from numerals.reports.evaluation_report import write_evaluation_report

        write_evaluation_report(output.report, evaluation, model=Path(model_name).name, data=title)
        warn(f"wrote {output.report}")
    if output.as_json:
        print_json(evaluation.to_dict())
    else:
        print_text(digit_accuracy_text(title, evaluation.accuracy, evaluation.model.classes))


def _classify(
    model: "Model", data: str, digit_set: "Digits", limit: int | None, *, list_errors: bool
) -> "Evaluation":
    from numerals.evaluation import evaluate_model

    digits = digit_set[:limit]
    if digits.script != model.script:
        warn(
            f"{data} holds {digits.script} digits, the model was made for {model.script}; classes"
            " are matched by their value"
        )
    evaluation = evaluate_model(model, digits, track=with_progress)
    if list_errors:
        for index, truth, answer, confidence in evaluation.accuracy.wrong:
            names = model.classes
            warn(f"image {index}: {names[truth]} read as {names[answer]} ({confidence:.2f})")
    return evaluation


def _evaluate_pages(
    model: str,
    pages: Path,
    source: EvaluatedDataOptions,
    reading: PageReadingOptions,
    output: EvaluationOutputOptions,
) -> None:
    """Read pages, and print the accuracy."""
    from numerals.evaluation import evaluate_pages, read_truth
    from numerals.lab.page_reading import read_pages
    from numerals.reading import Reader
    from numerals.reports.reading_tables import reading_accuracy_text

    opened = load_any_model(model) if Path(model).suffix == ".skops" else model
    reader = Reader(opened, layout=reading.layout)
    truth = read_truth(pages, column=source.column, split=source.split)
    outcomes = []
    results = read_pages(reader, truth, only_digits=reading.only_digits)
    for outcome in with_progress(results, len(truth), "reading"):
        outcomes.append(outcome)
        if output.wrong and not outcome.is_exact:
            warn(_describe_errors(outcome))
    evaluation = evaluate_pages(outcomes)
    if output.report:
        from numerals.reports.reading_report import write_reading_report

        title = f"{model} on {pages.name}"
        write_reading_report(output.report, evaluation, reader.metadata, title=title)
        warn(f"wrote {output.report}")
    if output.as_json:
        print_json(evaluation.to_dict())
    else:
        print_text(reading_accuracy_text(evaluation.sets))


def _describe_errors(outcome: "PageOutcome") -> str:
    errors = "; ".join(
        f"{line.truth or '(nothing)'} read as {line.answer or '(nothing)'} ({line.confidence:.2f})"
        for line in outcome.lines
        if not line.is_exact
    )
    return f"{outcome.truth.path}: {errors}"
