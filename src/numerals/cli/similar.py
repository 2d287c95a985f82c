"""``numerals similar``: find the digits of a data set that are most similar to a digit."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from numerals.cli.console import bar_mark, print_json, print_text, warn
from numerals.cli.data_options import load_data
from numerals.cli.digit_selection import check_index, first_index_of, label_text
from numerals.cli.option_groups import option_group, with_option_groups
from numerals.cli.usage import UsageError
from numerals.errors import DataError
from numerals.extras import requires_extra

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from numerals.search import LookAlikes

EPILOG = """
[bold]Examples[/bold]

  numerals similar photo.jpg --data mnist

  numerals similar --digit 7 --data mnist

  numerals similar --index 7 --data mnist --index-split test --top 50 --out alike/

  numerals similar --index 7 --data mnist --sigma 0.2 --min-weight 0.1 --json

The similarity s is the cosine between the images. Each digit counts with the weight
exp(-(1 - s)^2 / (2 sigma^2)), if that is at least --min-weight. The sums by class include
the digits beyond --top.

Needs pip install 'numerals\\[lab]'.
"""


@option_group("Query")
class QueryOptions:
    """The digit to search for, instead of an image."""

    digit: Annotated[
        str | None,
        typer.Option(metavar="D", help="The first digit of the data set with this label."),
    ] = None
    index: Annotated[
        int | None,
        typer.Option(min=0, metavar="I", help="The digit of the data set at this index, from 0."),
    ] = None
    index_split: Annotated[
        str | None,
        typer.Option(
            metavar="SPLIT", help="Split that --digit and --index refer to. \\[default: --split]"
        ),
    ] = None


@option_group("Data")
class DataOptions:
    """The digits to search."""

    data: Annotated[
        str, typer.Option(metavar="NAME", help="Digits to search: a data set, a file or a folder.")
    ]
    split: Annotated[str, typer.Option(help="Split to search.")] = "train"
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
    top: Annotated[
        int, typer.Option(min=1, metavar="N", help="Maximum number of digits to list.")
    ] = 20
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


@dataclass(frozen=True)
class _Query:
    """The digit to search for, and where it comes from."""

    image: "npt.NDArray[np.uint8]"
    text: str
    origin: dict[str, Any]  # for JSON


@with_option_groups
def similar(
    picture: Annotated[
        str | None, typer.Argument(metavar="IMAGE", help="A picture of one digit.")
    ] = None,
    *,
    query: QueryOptions,
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
    _check_one_query(picture, query, source)
    digits = load_data(source.data, split=source.split)[: source.limit]
    chosen = _load_picture(picture) if picture is not None else _load_digit(query, source)
    look_alikes = find_look_alikes(
        chosen.image,
        digits,
        sigma=search.sigma,
        min_weight=search.min_weight,
        top=search.top,
        approximate=search.approximate,
    )
    if output.as_json:
        print_json({"query": chosen.origin, **look_alikes.to_dict(digits.classes)})
    else:
        print_text(f"similar to {chosen.text}\n\n{_format_tables(look_alikes, search)}")
    if output.out is not None:
        _write_charts(look_alikes, output.out)


def _check_one_query(picture: str | None, query: QueryOptions, source: DataOptions) -> None:
    if (picture is not None) + (query.digit is not None) + (query.index is not None) != 1:
        raise UsageError("give one digit to search for: an IMAGE, --digit or --index")
    if picture is not None and picture.isdigit() and not Path(picture).exists():
        raise UsageError(
            f"{picture}: not a file. --digit {picture} takes the first digit labelled {picture}, "
            f"--index {picture} the digit at index {picture} of {source.data}"
        )


def _load_picture(name: str) -> _Query:
    from numerals.data.image_folders import digits_of_pictures

    path = Path(name)
    if not path.exists():
        raise DataError(
            f"{name}: no such file; give an image, or --digit or --index of the data set"
        )
    return _Query(digits_of_pictures(path, [(path, "")]).images[0], name, {"file": name})


def _load_digit(query: QueryOptions, source: DataOptions) -> _Query:
    """Return the digit that the options select."""
    split = query.index_split or source.split
    digits = load_data(source.data, split=split)
    place = f"{source.data} {split}"
    if query.index is not None:
        index = check_index(digits, query.index, place)
    else:
        assert query.digit is not None
        index = first_index_of(digits, query.digit, place)
    image, label = digits[index]
    name = digits.classes[label] if label >= 0 else None
    return _Query(
        image,
        f"digit {index} of {place}, {label_text(digits, index)}",
        {"data": source.data, "split": split, "index": index, "label": name},
    )


def _format_tables(look_alikes: "LookAlikes", search: SearchOptions) -> str:
    """Return the similar digits as a table, and the weight of each class as a bar chart."""
    from numerals.reports.text_tables import format_bars, format_table

    classes = look_alikes.searched.classes
    if not len(look_alikes.indices):
        return "no similar digits found; lower --min-weight or raise --sigma"
    names = [classes[label] if label >= 0 else "?" for label in look_alikes.labels]
    columns = (look_alikes.indices, names, look_alikes.similarities, look_alikes.weights)
    rows = [
        [str(rank), str(index), name, f"{similarity:.4f}", f"{weight:.3f}"]
        for rank, (index, name, similarity, weight) in enumerate(zip(*columns, strict=True), 1)
    ]
    sums = [
        (name, float(weight), f"{weight:.3f}")
        for name, weight in zip(classes, look_alikes.by_class, strict=True)
        if weight > 0
    ]
    parts = [format_table(["rank", "index", "digit", "similarity", "weight"], rows)]
    parts += [_describe_truncation(look_alikes, search)]
    if sums:
        parts += [f"sum of weights by digit\n{format_bars(sums, mark=bar_mark())}"]
    if look_alikes.recall < 1:
        parts += [f"recall of the approximate search: {100 * look_alikes.recall:.1f} %"]
    return "\n\n".join(filter(None, parts))


def _describe_truncation(look_alikes: "LookAlikes", search: SearchOptions) -> str:
    """Return a line about the digits beyond --top; empty if there are none."""
    n_listed = len(look_alikes.indices)
    if look_alikes.n_similar is None:
        if n_listed < search.top:
            return ""
        return (
            f"An approximate search stops at the {n_listed:,} most similar digits (--top); the "
            "sums include no others."
        )
    if look_alikes.n_similar == n_listed:
        return ""
    return (
        f"{look_alikes.n_similar - n_listed:,} more digits have a weight of {search.min_weight:g} "
        f"or above. They are not listed (--top {search.top}), but included in the sums."
    )


def _write_charts(look_alikes: "LookAlikes", folder: Path) -> None:
    from numerals.displays.chart_style import render_figure
    from numerals.reports.figure_files import to_png

    to_png(render_figure(look_alikes.plot), folder / "look-alikes.png")
    to_png(render_figure(look_alikes.plot_weights), folder / "weights.png")
    warn(f"wrote look-alikes.png and weights.png to {folder}")
