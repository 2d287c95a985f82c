"""``numerals data show``: draw digits of a data set, as a picture or in the terminal."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from numerals.cli import data_convert
from numerals.cli.console import can_print, print_json, print_text
from numerals.cli.data_options import DigitFileOptions, ImageFailures, Split, load_data
from numerals.cli.digit_selection import check_index
from numerals.cli.option_groups import option_group, with_option_groups
from numerals.cli.usage import UsageError, choose_one
from numerals.cli.verb_command import examples
from numerals.scripts import to_ascii_digits

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from numerals.records import Digits

EPILOG = examples(
    "numerals data show mnist --index 7",
    "numerals data show mnist --random 5 --split test",
    "numerals data show mnist --first 50 --out first.png",
    "numerals data show mnist --out mnist.png",
    "numerals data show corrections --out corrections.png",
    "numerals data show photos/ --out sheet.png",
)

_SMALL_WIDTH = 14  # characters of a digit in the terminal, unless it is the only one
_LINE_WIDTH = 80  # characters, if the output is no terminal
_SIDES = ((1, 280), (20, 112))  # digits up to this number have this side in the picture, pixels
_SIDE = 84


@option_group("Selection")
class SelectionOptions:
    """Which digits to show; by default some of each class."""

    index: Annotated[
        list[int] | None,
        typer.Option(min=0, metavar="I", help="The digit at this index, from 0; repeatable."),
    ] = None
    first: Annotated[int | None, typer.Option(min=1, metavar="N", help="The first N digits.")] = (
        None
    )
    random: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="N digits chosen at random.")
    ] = None
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Random seed of the selection.")] = 0

    @property
    def is_given(self) -> bool:
        """Whether digits are selected."""
        return bool(self.index) or self.first is not None or self.random is not None

    @property
    def description(self) -> str:
        """What is selected, for a heading."""
        if self.random is not None:
            return f"chosen at random (seed {self.seed})"
        return "selected by index" if self.index else "from the first on"

    def check(self) -> None:
        """Raise `UsageError` if more than one option selects digits."""
        choose_one({"--index": self.index, "--first": self.first, "--random": self.random})

    def select(
        self, digits: "Digits", place: str, default_first: int = 0
    ) -> "npt.NDArray[np.int64]":
        """Return the indices of the selected digits.

        Parameters
        ----------
        digits : Digits
        place : str
            Data set and split, for error messages.
        default_first : int, default=0
            Number of digits, from the first on, if no option selects any.

        Raises
        ------
        DataError
            If the data set has no digit at an index.
        """
        import numpy as np

        if self.index:
            return np.array([check_index(digits, index, place) for index in self.index], np.int64)
        if self.random is not None:
            return np.random.default_rng(self.seed).permutation(len(digits))[: self.random]
        return np.arange(min(len(digits), self.first or default_first))


@with_option_groups
def show(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="The name of a data set, a file or a folder.")
    ],
    split: Split = "train",
    *,
    selection: SelectionOptions,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="PNG", help="Picture to write. \\[default: draw in the terminal]"
        ),
    ] = None,
    columns: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=500,
            metavar="N",
            help="Digits in a row of the picture. \\[default: 10, or 20 for each class]",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print index, label and writer as JSON.")
    ] = False,
    file_options: DigitFileOptions,
) -> None:
    """Draw digits of a data set with their indices and labels, or a sheet with all classes.

    Without --index, --first or --random, the picture has a row of random digits for each class; for
    corrections it shows the corrected lines.
    """
    selection.check()
    if not selection.is_given:
        if out is None or as_json:
            raise UsageError(
                "give --out PNG for a sheet of all classes, or select digits to show with --index, "
                "--first or --random"
            )
        _write_class_sheet(source, split, out, columns or 20, selection.seed, file_options)
        return
    failures = ImageFailures()
    digits = load_data(source, split=split, on_error=failures, file_options=file_options)
    indices = selection.select(digits, f"{source} {split}")
    rows = _describe(digits, indices)
    if out is not None:
        _write_picture(digits[indices], rows, out, columns or 10)
    if as_json:
        print_json({"data": source, "split": split, "digits": rows})
    elif out is not None:
        print_text(out)
    else:
        heading = f"{source} {split}: {len(rows):,} digits {selection.description}"
        print_text(_to_text(digits[indices], rows, f"{source} {split}", heading))
    failures.exit_if_any()


def _write_class_sheet(
    source: str, split: str, out: Path, columns: int, seed: int, file_options: DigitFileOptions
) -> None:
    if data_convert.names_corrections(source):
        from numerals.corrections.corrected_lines import script_of
        from numerals.reports.line_sheet import write_correction_sheet

        write_correction_sheet(script_of(source), out)
        print_text(out)
        return
    failures = ImageFailures()
    digits = load_data(source, split=split, on_error=failures, file_options=file_options)
    from numerals.reports.contact_sheet import write_contact_sheet

    write_contact_sheet(digits, out, columns=columns, random_state=seed)
    print_text(out)
    failures.exit_if_any()


def _describe(digits: "Digits", indices: "npt.NDArray[np.int64]") -> list[dict[str, Any]]:
    """Return index, label and, if known, writer of each digit."""
    rows = []
    for index in indices.tolist():
        label = int(digits.labels[index])
        row = {"index": index, "label": digits.classes[label] if label >= 0 else None}
        if digits.writers is not None:
            row["writer"] = int(digits.writers[index])
        rows.append(row)
    return rows


def _write_picture(digits: "Digits", rows: list[dict[str, Any]], out: Path, columns: int) -> None:
    from numerals.displays import make_captioned_sheet
    from numerals.reports.contact_sheet import write_sheet

    side = next((side for n, side in _SIDES if len(rows) <= n), _SIDE)
    captions = [f"{row['index']}: {to_ascii_digits(row['label'] or '?')}" for row in rows]
    write_sheet(make_captioned_sheet(digits.images, captions, columns=columns, side=side), out)


def _to_text(digits: "Digits", rows: list[dict[str, Any]], place: str, heading: str) -> str:
    from numerals.displays.half_blocks import join_columns, to_half_blocks

    ascii_only = not can_print("\N{FULL BLOCK}")
    if len(rows) == 1:
        [image], [row] = digits.images, rows
        label = f"labelled {row['label']}" if row["label"] else "without a label"
        writer = f", writer {row['writer']}" if "writer" in row else ""
        caption = f"{place}, index {row['index']}: {label}{writer}"
        return "\n".join([caption, *to_half_blocks(image, ascii_only=ascii_only)])
    blocks = [to_half_blocks(image, _SMALL_WIDTH, ascii_only=ascii_only) for image in digits.images]
    has_writers = digits.writers is not None
    captions = [
        f"{row['index']}: {row['label'] or '?'}" + (f" w{row['writer']}" if has_writers else "")
        for row in rows
    ]
    legend = "index: label, writer" if has_writers else "index: label"
    line_width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _LINE_WIDTH
    return f"{heading}; {legend}\n\n{join_columns(blocks, captions, line_width=line_width)}"
