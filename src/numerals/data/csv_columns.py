"""Which columns of a CSV are pixels, which is the label, and which is a row's number."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from numerals.errors import DataError

LABEL_NAMES = ("label", "labels", "class", "target", "digit", "y", "number")
"""What the column of labels is called, in lower case."""

_INDEX_NAMES = ("", "id", "index", "imageid", "image_id")
_MAX_CLASSES = 100  # as many different values has a column that may be the label
_MIN_PIXELS = 16  # of a picture whose columns are not called pixels
_NUMBERED = re.compile(r"([a-z_ .]*?)_?(\d+)")
_PLACE = re.compile(r"(\d+)x(\d+)")


@dataclass(frozen=True)
class Columns:
    """What the columns of a CSV are.

    Attributes
    ----------
    count : int
        How many there are.
    side : int, pixels
        Of the square pictures.
    label : int, optional
        None where there are no labels.
    index : int, optional
        The column that numbers the rows, as pandas and Kaggle write it.
    has_header : bool
        Whether the first line holds names.
    notes : tuple of str
        What was assumed.
    """

    count: int
    side: int
    label: int | None
    index: int | None
    has_header: bool
    notes: tuple[str, ...] = ()

    @property
    def others(self) -> list[int]:
        """The columns that are no pixels, in order."""
        return sorted(i for i in (self.label, self.index) if i is not None)


def clean_cell(cell: str) -> str:
    """Return a cell without spaces and quotes."""
    return cell.strip().strip("\"'").strip()


def find_columns(
    path: Path, rows: Sequence[Sequence[str]], label_column: str | None = None
) -> Columns:
    """Tell what the columns are, from their names if they have any, otherwise from the values.

    Parameters
    ----------
    path : Path
        For messages.
    rows : sequence of sequence of str
        The first line's cells, and those of some lines after it.
    label_column : str, optional
        Name or number of the column that holds the labels; ``"none"`` for no such column.

    Raises
    ------
    DataError
        If what is left beside label and row numbers is no square picture, or if there are two
        columns that may be the label.
    """
    first = [clean_cell(cell) for cell in rows[0]]
    has_header = is_header(first)
    names = [name.lower() for name in first] if has_header else [""] * len(first)
    values = [[clean_cell(c) for c in row] for row in rows[has_header:] if len(row) == len(first)]
    label = _named_label(path, first, label_column, has_header)
    unknown = label is None and label_column is None
    index = _find_index(names, values, label, has_header)
    notes: tuple[str, ...] = ()
    n_pixels = len(first) - (index is not None) - (label is not None)
    if unknown and not _is_square(n_pixels) and _is_square(n_pixels - 1):
        label = _label_among(path, names, values, index)
        n_pixels -= 1
        notes = (f"label: column {label + 1}; --label-column names another",)
    few = n_pixels < _MIN_PIXELS and not (has_header and are_pixel_names(first))
    if not _is_square(n_pixels) or (few and label_column is None):
        raise DataError(_count_message(path, first, n_pixels, label_column))
    columns = Columns(len(first), math.isqrt(n_pixels), label, index, has_header, notes)
    _check_order(path, [names[i] for i in range(len(names)) if i not in columns.others])
    return columns


def is_header(cells: Sequence[str]) -> bool:
    """Tell whether cells are names: most are no numbers, or the numbers count 0, 1, 2, ..."""
    numbers = [cell for cell in cells if _is_number(cell)]
    if 2 * len(numbers) < len(cells):
        return True
    counted = [int(cell) for cell in numbers if cell.isdecimal()]
    return len(counted) == len(numbers) > 4 and all(
        b - a == 1 for a, b in itertools.pairwise(counted)
    )


def are_pixel_names(cells: Sequence[str]) -> bool:
    """Tell whether a first line names pixels: ``pixel0``, ``1x1``, or 16 numbered columns."""
    names = [clean_cell(cell).lower() for cell in cells]
    if any(name in ("pixel0", "pixel1", "pixel_0", "pixel_1", "1x1", "0x0") for name in names):
        return True
    return sum(bool(_NUMBERED.fullmatch(name)) for name in names) >= 16 and is_header(names)


def _named_label(
    path: Path, first: Sequence[str], wanted: str | None, has_header: bool
) -> int | None:
    """Return the column that is named, by the caller or by its name."""
    names = [name.lower() for name in first]
    if wanted is None:
        found = [i for i, name in enumerate(names) if name in LABEL_NAMES] if has_header else []
        if len(found) > 1:
            both = " and ".join(repr(first[i]) for i in found)
            raise DataError(f"{path}: {both} may be the label: choose with --label-column")
        return found[0] if found else None
    if wanted == "none":
        return None
    if has_header and wanted.lower() in names:
        return names.index(wanted.lower())
    if re.fullmatch(r"-?\d{1,9}", wanted) and -len(first) <= int(wanted) < len(first):
        return int(wanted) % len(first)
    known = ", ".join(repr(name) for name in first[:8]) if has_header else "no names"
    raise DataError(
        f"{path}: no column {wanted!r} for --label-column; line 1 has {known}"
        f" and {len(first):,} columns: name one, or give its number from 0"
    )


def _find_index(
    names: Sequence[str],
    values: Sequence[Sequence[str]],
    label: int | None,
    has_header: bool,
) -> int | None:
    """Return the first column, or the one after the label, if it numbers the rows."""
    place = 1 if label == 0 else 0
    if place >= len(names):
        return None
    n_pixels = len(names) - (label is not None)
    name = names[place]
    if has_header and (name in _INDEX_NAMES or name.startswith("unnamed")):
        return place
    fits_without = _is_square(n_pixels) or (label is None and _is_square(n_pixels - 1))
    fits_with = _is_square(n_pixels - 1) or (label is None and _is_square(n_pixels - 2))
    if (has_header and name and not name.isdecimal()) or (fits_without and not fits_with):
        return None
    counts = _counts([row[place] for row in values])
    # Of ten rows or fewer the first column may as well be the digits 0 to 9.
    return place if counts and (not fits_without or len(values) > 10) else None


def _label_among(
    path: Path, names: Sequence[str], values: Sequence[Sequence[str]], index: int | None
) -> int:
    """Return which of the first and the last column is the label, by what it holds."""
    odd = [i for i, name in enumerate(names) if name and not _looks_numbered(name) and i != index]
    if len(odd) == 1 and not (len(values) > 10 and _counts([row[odd[0]] for row in values])):
        return odd[0]
    ends = [0 if index is None else index + 1, len(names) - 1]
    found = {i: len({row[i] for row in values}) for i in ends if _may_be_label(values, i)}
    varied = [i for i, count in found.items() if count > 1]
    if len(varied) == 1:
        return varied[0]
    if not varied and found:  # one class alone: a pixel at the edge is 0
        return next((i for i in found if values and values[0][i].strip("0.")), next(iter(found)))
    raise DataError(
        f"{path}: the label may be the first or the last of {len(names)} columns: say which with"
        " --label-column 0 or --label-column -1"
    )


def _may_be_label(values: Sequence[Sequence[str]], column: int) -> bool:
    cells = {row[column] for row in values}
    if len(cells) > _MAX_CLASSES:
        return False
    if not all(_is_number(cell) for cell in cells):
        return True  # words
    return all(float(cell) % 1 == 0 and 0 <= float(cell) < _MAX_CLASSES for cell in cells)


def _counts(cells: Sequence[str]) -> bool:
    """Tell whether cells are 0, 1, 2, ... or 1, 2, 3, ..."""
    if not cells or not all(_is_number(cell) and float(cell) % 1 == 0 for cell in cells):
        return False
    numbers = [int(float(cell)) for cell in cells]
    return numbers[0] in (0, 1) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _check_order(path: Path, names: Sequence[str]) -> None:
    """Refuse pixels that are not in reading order: 0, 1, 2, ... or 1x1, 1x2, ..."""
    places = [_PLACE.fullmatch(name) for name in names]
    numbers = [_NUMBERED.fullmatch(name) for name in names]
    fits = True
    if all(places):
        order = [(int(match[1]), int(match[2])) for match in places if match]
        fits = all(a < b for a, b in itertools.pairwise(order))
    elif all(numbers) and len({match[1] for match in numbers if match}) == 1:
        counted = [int(match[2]) for match in numbers if match]
        fits = counted == list(range(counted[0], counted[0] + len(counted)))
    if not fits:
        raise DataError(
            f"{path}, line 1: the pixels' columns are not in reading order, {names[0]},"
            f" {names[1]}, ...: sort them row by row"
        )


def _looks_numbered(name: str) -> bool:
    return bool(_NUMBERED.fullmatch(name) or _PLACE.fullmatch(name))


def _count_message(path: Path, first: Sequence[str], n_pixels: int, wanted: str | None) -> str:
    lengths = Counter(map(_is_number, first))
    kind = "names" if lengths[False] > lengths[True] else "numbers"
    shown = ",".join(first[:3])
    return (
        f"{path}, line 1: found {len(first)} columns of {kind}, {_shorten(shown)!r}...; expected"
        f" the pixels of square pictures, 784 for 28x28, and a label, but {n_pixels} are left for"
        f" pixels: name the label with --label-column{'' if wanted is None else ' NAME'}, the"
        " separator with --delimiter, or remove other columns"
    )


def _is_square(n: int) -> bool:
    return n > 0 and math.isqrt(n) ** 2 == n


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "..."
