"""``numerals explain photo.jpg``: explain how a picture was read."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from numerals.cli.console import check_standard_input, print_json, print_text, warn
from numerals.cli.option_groups import option_group
from numerals.cli.usage import choose_one, report_as_usage_error
from numerals.errors import MissingExtraError
from numerals.extras import requires_extra
from numerals.scripts import SCRIPTS

if TYPE_CHECKING:
    from numerals.diagnosis import PictureExplanation
    from numerals.explain.digit_evidence import DigitEvidence
    from numerals.reading import ReadOptions

MODEL_SUFFIXES = (".onnx", ".skops")


@option_group("Picture")
class PictureOptions:
    """How the picture is read, as by numerals read, and which of its numbers is explained."""

    script: Annotated[
        str,
        typer.Option(metavar="NAME", help="Script of the digits in the picture, or auto."),
    ] = "latin"
    model: Annotated[
        Path | None,
        typer.Option(metavar="ONNX", help="Read with this model instead of a shipped one."),
    ] = None
    digits: Annotated[bool, typer.Option("--digits", help="The picture is a single digit.")] = False
    field: Annotated[bool, typer.Option("--field", help="The picture is a single line.")] = False
    table: Annotated[bool, typer.Option("--table", help="The picture is one table.")] = False
    printed: Annotated[bool, typer.Option("--printed", help="Also read printed numbers.")] = False
    page: Annotated[
        int, typer.Option(min=1, metavar="N", help="Page of a PDF or TIFF, from 1.")
    ] = 1
    line: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Explain only this line of the picture, from 1."),
    ] = None

    @property
    def layout(self) -> Literal["page", "table", "field", "digit"]:
        """The argument `layout` of `ReadOptions`."""
        if self.digits:
            return "digit"
        if self.field:
            return "field"
        return "table" if self.table else "page"

    def check(self) -> None:
        """Raise `UsageError` for layouts that exclude each other."""
        choose_one({"--digits": self.digits, "--field": self.field, "--table": self.table})

    def to_read_options(self) -> "ReadOptions":
        """Return the options of the reader."""
        from numerals.reading import ReadOptions

        with report_as_usage_error():
            return ReadOptions(self.model or self.script, layout=self.layout, printed=self.printed)


def is_picture(name: str) -> bool:
    """Return whether the argument of the verb names a picture rather than a model.

    A file is a picture unless its suffix is that of a model.
    """
    path = Path(name)
    if name in SCRIPTS or path.suffix in MODEL_SUFFIXES:
        return False
    return name == "-" or path.exists() or path.suffix != ""


def explain_one_picture(
    name: str,
    options: PictureOptions,
    *,
    data: str | None,
    intended: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Read a picture and print, and optionally write, how it was read.

    Parameters
    ----------
    name : str
        The file, or ``"-"``.
    options : PictureOptions
    data : str, optional
        Data set whose training digits are searched for those that resemble a single digit.
    intended : str, optional
        The number that the writer meant.
    out : Path, optional
        HTML file to write.
    as_json : bool
    """
    options.check()
    if out is not None:
        with requires_extra("lab", "--out"):
            import numerals.reports.picture_report  # noqa: F401  # fail before long work
    explanation = _read(name, options, intended)
    evidence: DigitEvidence | None = None
    if [number.kind for number in explanation.numbers] == ["digit"]:
        explanation, evidence = _with_evidence(explanation, data)
    _write(explanation, evidence, out, as_json=as_json)


def _read(name: str, options: PictureOptions, intended: str | None) -> "PictureExplanation":
    from numerals.diagnosis import explain_picture
    from numerals.images import load_picture
    from numerals.reading import Reader
    from numerals.reading.reader import loading_options

    if name == "-":
        check_standard_input()
    reader = Reader(options.to_read_options())
    picture = load_picture(
        sys.stdin.buffer if name == "-" else Path(name),
        page=options.page,
        **loading_options(reader.options),
    )
    line = None if options.line is None else options.line - 1
    with report_as_usage_error():
        return explain_picture(reader, picture, line=line, intended=intended)


def _with_evidence(
    explanation: "PictureExplanation", data: str | None
) -> "tuple[PictureExplanation, DigitEvidence | None]":
    """Add what similar training digits tell, if the lab extra and a data set are there."""
    from numerals.diagnosis.explanation import sort_findings

    (number,) = explanation.numbers
    if number.image is None or number.model is None:
        return explanation, None
    try:
        with requires_extra("lab", "finding similar digits and maps"):
            from numerals.explain.digit_evidence import (
                find_evidence,
                load_training_digits,
                neighbor_findings,
            )
    except MissingExtraError as error:
        warn(error)
        return explanation, None
    digits = load_training_digits(number.script, data)
    if digits is None:
        warn(f"no {number.script} digits on disk to compare with; see numerals data list")
    evidence = find_evidence(number.model, number.image, digits)
    findings = sort_findings([*number.findings, *neighbor_findings(evidence, number.script)])
    return replace(explanation, numbers=(replace(number, findings=findings),)), evidence


def _write(
    explanation: "PictureExplanation",
    evidence: "DigitEvidence | None",
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    if as_json:
        result = explanation.to_dict()
        if evidence is not None:
            result["numbers"][0]["evidence"] = evidence.to_dict()
        print_json(result)
    else:
        from numerals.reports.picture_text import picture_text

        print_text(picture_text(explanation))
    if out is not None:
        from numerals.reports.picture_report import write_picture_report

        write_picture_report(explanation, evidence, out)
        warn(f"wrote {out}")
