"""``numerals evaluate``: how well a model reads."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import warn, with_progress
from numerals.errors import DataError

if TYPE_CHECKING:
    from numerals.evaluation import LineOutcome, PageTruth
    from numerals.reading import Reader

EPILOG = """
[bold]Examples[/bold]

  numerals evaluate --pages examples/pages.csv

  numerals evaluate --pages cells.csv --split validation --field --only-digits --wrong

  numerals evaluate --pages singles.csv --column label --digits

  numerals evaluate --data mnist
"""


def evaluate(
    pages: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Read these pages: columns file and text, lines separated by |; "
            "set and split if there are any.",
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Classify the digits of this data set of the catalogue."),
    ] = None,
    column: Annotated[str, typer.Option(help="The column that holds the truth.")] = "text",
    split: Annotated[
        str | None, typer.Option(help="Only this split; of a data set, test by default.")
    ] = None,
    digits: Annotated[bool, typer.Option("--digits", help="Each picture is one digit.")] = False,
    field: Annotated[bool, typer.Option("--field", help="Each picture is one line.")] = False,
    only_digits: Annotated[
        bool, typer.Option("--only-digits", help="Compare digits alone: no spaces, no signs.")
    ] = False,
    script: Annotated[str, typer.Option(metavar="NAME", help="Which digits are written.")] = (
        "latin"
    ),
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Evaluate this ONNX model instead.")
    ] = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="List what was read wrongly.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how exactly numbers are read, and what each confidence threshold rejects."""
    if (pages is None) == (data is None):
        raise typer.BadParameter("name either --pages or --data")
    if data is not None:
        _evaluate_digits(str(model or script), data, split or "test", wrong, as_json)
        return
    assert pages is not None
    from numerals.evaluation import read_truth, reading_accuracy
    from numerals.reading import Reader
    from numerals.report import reading_tables

    reader = Reader(model or script, layout="digit" if digits else "field" if field else "page")
    truth = read_truth(pages, column=column, split=split)
    outcomes: dict[str, list[list[LineOutcome]]] = {}
    for page, lines in with_progress(_outcomes(reader, truth, only_digits), len(truth), "reading"):
        outcomes.setdefault(page.set, []).append(lines)
        if wrong and not all(line.is_exact for line in lines):
            warn(_describe(page, lines))
    figures = {name: reading_accuracy(found) for name, found in outcomes.items()}
    if len(figures) > 1:
        figures["all"] = reading_accuracy([p for found in outcomes.values() for p in found])
    if as_json:
        typer.echo(json.dumps({name: found.to_dict() for name, found in figures.items()}))
    else:
        typer.echo(reading_tables(figures))


def _outcomes(
    reader: "Reader", truth: "list[PageTruth]", only_digits: bool
) -> "Iterator[tuple[PageTruth, list[LineOutcome]]]":
    from numerals.evaluation import align_lines
    from numerals.evaluation.truth import digits_alone
    from numerals.reading import read_file

    for page in truth:
        result = read_file(reader, page.path, str(page.path))
        if result.error:
            raise DataError(f"{result.error}; the CSV names a picture that cannot be read")
        lines = [line for read_page in result.pages for line in read_page.lines]
        if only_digits:
            yield page, align_lines(*digits_alone(page.lines, lines))
        else:
            yield page, align_lines(page.lines, lines)


def _describe(page: "PageTruth", lines: "list[LineOutcome]") -> str:
    pairs = "; ".join(
        f"{line.truth or '(nothing)'} read as {line.answer or '(nothing)'} ({line.confidence:.2f})"
        for line in lines
        if not line.is_exact
    )
    return f"{page.path}: {pairs}"


def _evaluate_digits(model: str, name: str, split: str, wrong: bool, as_json: bool) -> None:
    from numerals.data import load_digits
    from numerals.evaluation import digit_accuracy
    from numerals.models import load_model
    from numerals.report import digit_table

    digits = load_digits(name, split)
    figures = digit_accuracy(load_model(model).predict_proba(digits.images), digits.labels)
    if wrong:
        for index, truth, answer, confidence in figures.wrong:
            warn(f"image {index}: {truth} read as {answer} ({confidence:.2f})")
    if as_json:
        typer.echo(json.dumps(figures.to_dict()))
    else:
        typer.echo(digit_table(f"{name} {split}", figures))
