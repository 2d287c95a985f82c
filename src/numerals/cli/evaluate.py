"""``numerals evaluate``: measure the accuracy of a model on digits or pages."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import print_json, print_text, warn, with_progress
from numerals.cli.data_options import DigitFileOptions, load_data
from numerals.cli.extras import requires_extra
from numerals.cli.model_loading import load_any_model
from numerals.cli.option_groups import with_option_groups
from numerals.cli.usage import UsageError

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


@with_option_groups
def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A script with a shipped model, or a model file (.onnx, .skops).",
        ),
    ] = "latin",
    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Digits to classify: a data set's name, or a file or folder.",
            rich_help_panel="Input",
        ),
    ] = None,
    pages: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Pages to read: columns file and text (lines separated by |); optional columns "
            "set and split.",
            rich_help_panel="Input",
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="Use only this split; for --data, test by default.", rich_help_panel="Input"
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Use only the first N digits.", rich_help_panel="Input"
        ),
    ] = None,
    column: Annotated[
        str, typer.Option(help="Name of the column with the true text.", rich_help_panel="Input")
    ] = "text",
    digits: Annotated[
        bool, typer.Option("--digits", help="Each picture is one digit.", rich_help_panel="Reading")
    ] = False,
    field: Annotated[
        bool, typer.Option("--field", help="Each picture is one line.", rich_help_panel="Reading")
    ] = False,
    only_digits: Annotated[
        bool,
        typer.Option(
            "--only-digits",
            help="Compare only digits, without spaces and signs.",
            rich_help_panel="Reading",
        ),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="HTML",
            help="Write metrics, charts and errors as an HTML page.",
            rich_help_panel="Output",
        ),
    ] = None,
    wrong: Annotated[
        bool, typer.Option("--wrong", help="List the errors.", rich_help_panel="Output")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON.", rich_help_panel="Output")
    ] = False,
    *,
    file_options: DigitFileOptions,
) -> None:
    """Measure the accuracy of a model on digits or pages, and the quality of its confidences."""
    if (pages is None) == (data is None):
        raise UsageError("name either --data or --pages")
    if report:  # fail before long work if the report cannot be written
        with requires_extra("lab", "--report"):
            from numerals.reports.figure_files import make_parent_folder
        make_parent_folder(report)
    if data is not None:
        opened = load_any_model(model)  # reports a wrong name before a data set is downloaded
        digit_set = load_data(data, split=split or "test", file_options=file_options)
        evaluation = _evaluate_digits(opened, data, digit_set, limit, list_errors=wrong)
        title = evaluation.digits.name if Path(data).exists() else f"{data}, {split or 'test'}"
        _print_digit_accuracy(evaluation, Path(model).name, title, report, as_json)
        return
    assert pages is not None
    from numerals.evaluation import read_truth
    from numerals.lab.page_reading import read_pages
    from numerals.reading import Reader

    layout = "digit" if digits else "field" if field else "page"
    reader = Reader(
        load_any_model(model) if Path(model).suffix == ".skops" else model, layout=layout
    )
    truth = read_truth(pages, column=column, split=split)
    outcomes = []
    read = read_pages(reader, truth, only_digits=only_digits)
    for outcome in with_progress(read, len(truth), "reading"):
        outcomes.append(outcome)
        if wrong and not outcome.is_exact:
            warn(_describe_errors(outcome))
    title = f"{model} on {pages.name}"
    _print_reading_accuracy(outcomes, reader.metadata, report, title, as_json)


def _evaluate_digits(
    model: "Model", data: str, digit_set: "Digits", limit: int | None, *, list_errors: bool
) -> "Evaluation":
    from numerals.evaluation import evaluate_model, first_digits

    digits = first_digits(digit_set, limit)
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


def _print_digit_accuracy(
    evaluation: "Evaluation", model_name: str, title: str, report: Path | None, as_json: bool
) -> None:
    from numerals.reports.digit_tables import digit_accuracy_text

    if report:
        from numerals.reports.evaluation_report import write_evaluation_report

        write_evaluation_report(report, evaluation, model=model_name, data=title)
        warn(f"wrote {report}")
    if as_json:
        print_json(evaluation.to_dict())
    else:
        print_text(digit_accuracy_text(title, evaluation.accuracy, evaluation.model.classes))


def _print_reading_accuracy(
    outcomes: "list[PageOutcome]",
    metadata: "Mapping[str, str]",
    report: Path | None,
    title: str,
    as_json: bool,
) -> None:
    from numerals.evaluation import evaluate_pages
    from numerals.reports.reading_tables import reading_accuracy_text

    evaluation = evaluate_pages(outcomes)
    if report:
        from numerals.reports.reading_report import write_reading_report

        write_reading_report(report, evaluation, metadata, title=title)
        warn(f"wrote {report}")
    if as_json:
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
