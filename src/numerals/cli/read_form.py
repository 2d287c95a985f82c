"""``numerals read --template``: print a row of values for each filled-in form."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO, cast

from numerals.cli.read_output import CurrentStdout

if TYPE_CHECKING:
    from numerals.batch.units import UnitResult
    from numerals.forms import Template


def print_forms(
    results: Iterator["UnitResult"], template: "Template", min_confidence: float, *, as_json: bool
) -> None:
    """Print forms.

    Parameters
    ----------
    results : iterator of UnitResult
    template : Template
        The form.
    min_confidence : float in [0, 1]
        Fields with a lower confidence are doubtful.
    as_json : bool
        Whether to print a JSON object per form instead of a CSV row.
    """
    from numerals.batch.output_file import FormCsv, JsonFile

    stream = cast("TextIO", CurrentStdout())
    writer = (
        JsonFile(stream, min_confidence) if as_json else FormCsv(stream, template, min_confidence)
    )
    for result in results:
        writer.write(result)
