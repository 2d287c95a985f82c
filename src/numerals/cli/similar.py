"""``numerals similar``: the digits that look most like one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import say, say_json, warn
from numerals.cli.digit_files import load_data
from numerals.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from numerals.records import Digits
    from numerals.search import LookAlikes

EPILOG = """
[bold]Examples[/bold]

  numerals similar photo.jpg --data mnist

  numerals similar 7 --data mnist --of test --top 50 --out alike/

  numerals similar 7 --data mnist --sigma 0.2 --height 0.1 --json

The similarity s is the cosine between the pictures; each look-alike counts with the weight
exp(-(1 - s)^2 / (2 sigma^2)), if that reaches --height. Needs pip install 'numerals\\[lab]'.
"""


def similar(
    digit: Annotated[
        str,
        typer.Argument(
            metavar="IMAGE|INDEX",
            help="A picture of one digit, or the number (from 0) of a digit of the data set.",
        ),
    ],
    data: Annotated[
        str, typer.Option(metavar="NAME", help="Where to look: a data set, or a file or folder.")
    ],
    split: Annotated[str, typer.Option(help="Where to look in it.")] = "train",
    of: Annotated[
        str | None,
        typer.Option(metavar="SPLIT", help="The split that INDEX counts in. [default: --split]"),
    ] = None,
    sigma: Annotated[float, typer.Option(help="How quickly weights fall off.")] = 0.1,
    height: Annotated[float, typer.Option(help="Leave out what weighs less.")] = 0.3,
    top: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Look at the first N digits alone.")
    ] = None,
    approximate: Annotated[
        bool | None,
        typer.Option(
            "--approximate/--exact",
            help="Search a graph instead of all digits, and measure what it misses. "
            "[default: beyond three millions]",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write look-alikes.png and weights.png there."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find the digits that look most like one, and which digit they say it is."""
    try:
        from numerals.search import find_look_alikes
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"searching ({error.name})", "lab") from error
    if not sigma > 0 or not 0 <= height <= 1:
        raise typer.BadParameter(f"--sigma {sigma} must be above 0, --height {height} in 0 to 1")
    from numerals.evaluation import first_digits

    digits = first_digits(load_data(data, split=split), limit)
    image = _find_image(digit, data, of or split, digits)
    found = find_look_alikes(
        image, digits, sigma=sigma, height=height, top=top, approximate=approximate
    )
    if as_json:
        say_json(found.to_dict(digits.classes))
    else:
        say(_tables(found, digits))
    if out is not None:
        _draw(image, found, digits, out)


def _find_image(digit: str, data: str, split: str, digits: "Digits") -> "npt.NDArray[np.uint8]":
    path = Path(digit)
    if digit.isdigit() and not path.exists():
        images = load_data(data, split=split).images
        if int(digit) >= len(images):
            raise DataError(f"{data} {split} has digits 0 to {len(images) - 1}; got {digit}")
        chosen: npt.NDArray[np.uint8] = images[int(digit)]
        return chosen
    from numerals.data.image_folders import digits_of_pictures

    if not path.exists():
        raise DataError(f"{digit}: no such picture, and no number of a digit; name one of these")
    image: npt.NDArray[np.uint8] = digits_of_pictures(path, [(path, "")]).images[0]
    return image


def _tables(found: "LookAlikes", digits: "Digits") -> str:
    from numerals.reports.text_tables import format_table

    names = [digits.classes[label] if label >= 0 else "?" for label in found.labels]
    rows = [
        [str(rank), str(index), name, f"{similarity:.4f}", f"{weight:.3f}"]
        for rank, (index, name, similarity, weight) in enumerate(
            zip(found.indices, names, found.similarities, found.weights, strict=True), start=1
        )
    ]
    heaviest = max(float(found.by_class.max(initial=0)), 1e-9)
    bars = [
        [name, f"{weight:.3f}", "#" * round(30 * float(weight) / heaviest)]
        for name, weight in zip(digits.classes, found.by_class, strict=True)
        if weight > 0
    ]
    parts = [format_table(["rank", "index", "digit", "similarity", "weight"], rows)]
    if bars:
        width = max(len(weight) for _, weight, _ in bars)
        parts.append(
            "\n".join(f"{name}  {weight.rjust(width)}  {bar}" for name, weight, bar in bars)
        )
    if not rows:
        parts = ["nothing looks like it: lower --height, or raise --sigma"]
    if found.recall < 1:
        parts.append(f"recall of the approximate search: {100 * found.recall:.1f} %")
    return "\n\n".join(parts)


def _draw(
    image: "npt.NDArray[np.uint8]", found: "LookAlikes", digits: "Digits", folder: Path
) -> None:
    from numerals.reports.figure_files import to_png
    from numerals.reports.look_alikes_chart import plot_look_alikes, plot_weights

    names = [str(number) for number in range(len(digits.classes))]
    to_png(plot_look_alikes(image, found, digits), folder / "look-alikes.png")
    to_png(plot_weights(found.by_class, names), folder / "weights.png")
    warn(f"wrote look-alikes.png and weights.png to {folder}")
