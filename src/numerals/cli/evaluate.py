"""``numerals evaluate``: how well a model reads."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import say, say_json, warn, with_progress
from numerals.cli.digit_files import (
    Delimiter,
    ImageColumn,
    Invert,
    LabelColumn,
    Scale,
    Transpose,
    insist,
    load_data,
)
from numerals.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from numerals.evaluation import LineOutcome, PageTruth
    from numerals.models import Model
    from numerals.reading import Reader
    from numerals.records import Digits, Page

    PageOutcome = tuple[PageTruth, tuple[Page, ...], list[LineOutcome]]

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


def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A script that a model ships for, or a model file: .onnx or .skops.",
        ),
    ] = "latin",
    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Classify these digits: a data set's name, or a file or folder."
        ),
    ] = None,
    pages: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Read these pages: columns file and text, lines separated by |; "
            "set and split if there are any.",
        ),
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Only this split; of a data set, test by default.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only the first N digits.")
    ] = None,
    column: Annotated[str, typer.Option(help="The column that holds the truth.")] = "text",
    digits: Annotated[bool, typer.Option("--digits", help="Each picture is one digit.")] = False,
    field: Annotated[bool, typer.Option("--field", help="Each picture is one line.")] = False,
    only_digits: Annotated[
        bool, typer.Option("--only-digits", help="Compare digits alone: no spaces, no signs.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(metavar="HTML", help="Write figures and all that is wrong as one page."),
    ] = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="List what was read wrongly.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    label_column: LabelColumn = None,
    image_column: ImageColumn = None,
    delimiter: Delimiter = None,
    scale: Scale = None,
    invert: Invert = None,
    transpose: Transpose = False,
) -> None:
    """Measure how exactly digits or pages are read, and what each confidence is worth."""
    if (pages is None) == (data is None):
        raise typer.BadParameter("name either --data or --pages")
    if report:  # what is in its way is told before long work
        with _lab("--report"):
            from numerals.reports.figure_files import make_folder_of
        make_folder_of(report)
    if data is not None:
        opened = _open(model)  # a wrong name is reported before a data set is downloaded
        insisted = insist(label_column, image_column, delimiter, scale, invert, transpose)
        digit_set = load_data(data, split=split or "test", insisted=insisted)
        _evaluate_digits(
            opened,
            Path(model).name,
            data,
            split or "test",
            digit_set,
            limit,
            report,
            wrong,
            as_json,
        )
        return
    assert pages is not None
    from numerals.evaluation import read_truth
    from numerals.reading import Reader

    layout = "digit" if digits else "field" if field else "page"
    reader = Reader(_open(model) if Path(model).suffix == ".skops" else model, layout=layout)
    truth = read_truth(pages, column=column, split=split)
    found = []
    for outcome in with_progress(_outcomes(reader, truth, only_digits), len(truth), "reading"):
        found.append(outcome)
        page, _, lines = outcome
        if wrong and not all(line.is_exact for line in lines):
            warn(_describe(page, lines))
    _tell_of_pages(found, reader.metadata, report, f"{model} on {pages.name}", as_json)


def _evaluate_digits(
    model: "Model",
    name: str,
    data: str,
    split: str,
    digit_set: "Digits",
    limit: int | None,
    report: Path | None,
    wrong: bool,
    as_json: bool,
) -> None:
    from numerals.evaluation import evaluate_model, first_digits
    from numerals.reports.text_tables import digit_tables

    digits = first_digits(digit_set, limit)
    if digits.script != model.script:
        warn(
            f"{data} holds {digits.script} digits, the model was made for {model.script}; classes"
            " are matched by their value"
        )
    evaluation = evaluate_model(model, digits, track=with_progress)
    if wrong:
        for index, truth, answer, confidence in evaluation.accuracy.wrong:
            names = model.classes
            warn(f"image {index}: {names[truth]} read as {names[answer]} ({confidence:.2f})")
    title = digits.name if Path(data).exists() else f"{data}, {split}"
    if report:
        from numerals.reports.evaluation_report import write_evaluation_report

        write_evaluation_report(report, evaluation, model=name, data=title)
        warn(f"wrote {report}")
    if as_json:
        say_json(evaluation.to_dict())
    else:
        say(digit_tables(title, evaluation.accuracy, model.classes))


def _outcomes(
    reader: "Reader", truth: "list[PageTruth]", only_digits: bool
) -> "Iterator[PageOutcome]":
    from numerals.evaluation import align_lines
    from numerals.evaluation.truth import digits_alone
    from numerals.reading import read_file

    for page in truth:
        result = read_file(reader, page.path, str(page.path))
        if result.error:
            raise DataError(f"{result.error}; the CSV names a picture that cannot be read")
        lines = [line for read_page in result.pages for line in read_page.lines]
        pair = digits_alone(page.lines, lines) if only_digits else (page.lines, lines)
        yield page, result.pages, align_lines(*pair)


def _describe(page: "PageTruth", lines: "list[LineOutcome]") -> str:
    pairs = "; ".join(
        f"{line.truth or '(nothing)'} read as {line.answer or '(nothing)'} ({line.confidence:.2f})"
        for line in lines
        if not line.is_exact
    )
    return f"{page.path}: {pairs}"


def _tell_of_pages(
    found: "list[PageOutcome]",
    metadata: "Mapping[str, str]",
    report: Path | None,
    title: str,
    as_json: bool,
) -> None:
    from numerals.evaluation import reading_accuracy
    from numerals.reports.text_tables import reading_tables

    sets: dict[str, list[list[LineOutcome]]] = {}
    for page, _, lines in found:
        sets.setdefault(page.set, []).append(lines)
    if len(sets) > 1:
        sets["all"] = [lines for _, _, lines in found]
    figures = {name: reading_accuracy(pages) for name, pages in sets.items()}
    if report:
        from numerals.reports.reading_report import write_reading_report

        write_reading_report(report, figures, found, metadata, title=title)
        warn(f"wrote {report}")
    if as_json:
        say_json({name: accuracy.to_dict() for name, accuracy in figures.items()})
    else:
        say(reading_tables(figures))


def _open(name: str) -> "Model":
    """Open a shipped model or an ONNX file; a skops file with the lab extra."""
    if Path(name).suffix != ".skops":
        from numerals.models import load_model

        return load_model(name)
    with _lab(name):
        from numerals.classifiers.estimator_files import open_model
    return open_model(name)


@contextmanager
def _lab(what: str) -> Iterator[None]:
    """Say which extra is missing if an import within fails."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{what} ({error.name})", "lab") from error
