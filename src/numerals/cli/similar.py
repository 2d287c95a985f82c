"""``numerals similar``: find the digits of a data set that are most similar to a digit."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import print_json, print_text, warn
from numerals.cli.data_options import load_data
from numerals.cli.extras import requires_extra
from numerals.cli.option_groups import option_group, with_option_groups
from numerals.cli.usage import UsageError
from numerals.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from numerals.records import Digits
    from numerals.search import LookAlikes

EPILOG = """
[bold]Examples[/bold]

  numerals similar photo.jpg --data mnist

  numerals similar 7 --data mnist --index-split test --top 50 --out alike/

  numerals similar 7 --data mnist --sigma 0.2 --min-weight 0.1 --json

The similarity s is the cosine between the images. Each digit counts with the weight
exp(-(1 - s)^2 / (2 sigma^2)), if that is at least --min-weight.

Needs pip install 'numerals\\[lab]'.
"""


@option_group("Data")
class DataOptions:
    """The digits to search."""

    data: Annotated[
        str, typer.Option(metavar="NAME", help="Digits to search: a data set, a file or a folder.")
    ]
    split: Annotated[str, typer.Option(help="Split to search.")] = "train"
    index_split: Annotated[
        str | None,
        typer.Option(metavar="SPLIT", help="Split that INDEX refers to. \\[default: --split]"),
    ] = None
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Search only the first N digits.")
    ] = None


@option_group("Search")
class SearchOptions:
    """Parameters of the search."""

    sigma: Annotated[
        float, typer.Option(metavar="S", help="Width of the Gaussian weight; above 0.")
    ] = 0.1
    min_weight: Annotated[
        float, typer.Option(metavar="W", help="Minimum weight of a similar digit, 0 to 1.")
    ] = 0.3
    top: Annotated[int, typer.Option(min=1, metavar="N", help="Maximum number of digits.")] = 20
    approximate: Annotated[
        bool | None,
        typer.Option(
            "--approximate/--exact",
            help="Search approximately, and measure the recall. \\[default: exact up to 3 million "
            "digits]",
        ),
    ] = None


@option_group("Output")
class LookAlikeOutputOptions:
    """What is printed and written."""

    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write look-alikes.png and weights.png here."),
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False


@with_option_groups
def similar(
    digit: Annotated[
        str,
        typer.Argument(
            metavar="IMAGE|INDEX",
            help="An image of one digit, or the index (from 0) of a digit in the data set.",
        ),
    ],
    source: DataOptions,
    search: SearchOptions,
    output: LookAlikeOutputOptions,
) -> None:
    """Find the digits that are most similar to a digit, and the class that they suggest."""
    with requires_extra("lab", "searching"):
        from numerals.search import find_look_alikes
    if not search.sigma > 0:
        raise UsageError(f"--sigma {search.sigma}: must be above 0")
    if not 0 <= search.min_weight <= 1:
        raise UsageError(f"--min-weight {search.min_weight}: must be between 0 and 1")
    digits = load_data(source.data, split=source.split)[: source.limit]
    image = _load_image(digit, source, digits)
    look_alikes = find_look_alikes(
        image,
        digits,
        sigma=search.sigma,
        min_weight=search.min_weight,
        top=search.top,
        approximate=search.approximate,
    )
    if output.as_json:
        print_json(look_alikes.to_dict(digits.classes))
    else:
        print_text(_format_tables(look_alikes, digits))
    if output.out is not None:
        _write_charts(look_alikes, output.out)


def _load_image(digit: str, source: DataOptions, digits: "Digits") -> "npt.NDArray[np.uint8]":
    """Return the image of a file, or of the digit with an index; shape (height, width)."""
    path = Path(digit)
    if digit.isdigit() and not path.exists():
        split = source.index_split or source.split
        images = load_data(source.data, split=split).images
        if int(digit) >= len(images):
            raise DataError(f"{source.data} {split} has digits 0 to {len(images) - 1}; got {digit}")
        indexed: npt.NDArray[np.uint8] = images[int(digit)]
        return indexed
    from numerals.data.image_folders import digits_of_pictures

    if not path.exists():
        raise DataError(f"{digit}: neither an image file nor an index; give one of these")
    image: npt.NDArray[np.uint8] = digits_of_pictures(path, [(path, "")]).images[0]
    return image


def _format_tables(look_alikes: "LookAlikes", digits: "Digits") -> str:
    """Return the similar digits as a table, and the weight of each class as a bar chart."""
    from numerals.reports.text_tables import format_table

    names = [digits.classes[label] if label >= 0 else "?" for label in look_alikes.labels]
    rows = [
        [str(rank), str(index), name, f"{similarity:.4f}", f"{weight:.3f}"]
        for rank, (index, name, similarity, weight) in enumerate(
            zip(
                look_alikes.indices,
                names,
                look_alikes.similarities,
                look_alikes.weights,
                strict=True,
            ),
            start=1,
        )
    ]
    max_weight = max(float(look_alikes.by_class.max(initial=0)), 1e-9)
    bars = [
        [name, f"{weight:.3f}", "#" * round(30 * float(weight) / max_weight)]
        for name, weight in zip(digits.classes, look_alikes.by_class, strict=True)
        if weight > 0
    ]
    parts = [format_table(["rank", "index", "digit", "similarity", "weight"], rows)]
    if bars:
        width = max(len(weight) for _, weight, _ in bars)
        parts.append(
            "\n".join(f"{name}  {weight.rjust(width)}  {bar}" for name, weight, bar in bars)
        )
    if not rows:
        parts = ["no similar digits found; lower --min-weight or raise --sigma"]
    if look_alikes.recall < 1:
        parts.append(f"recall of the approximate search: {100 * look_alikes.recall:.1f} %")
    return "\n\n".join(parts)


def _write_charts(look_alikes: "LookAlikes", folder: Path) -> None:
    from numerals.displays.chart_style import render_figure
    from numerals.reports.figure_files import to_png

    to_png(render_figure(look_alikes.plot), folder / "look-alikes.png")
    to_png(render_figure(look_alikes.plot_weights), folder / "weights.png")
    warn(f"wrote look-alikes.png and weights.png to {folder}")
