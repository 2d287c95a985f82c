"""Identify the pixel columns, the label column and the row numbers of a CSV."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from numerals.data.pixel_arrays import MIN_IMAGE_PIXELS
from numerals.errors import DataError

LABEL_NAMES = ("label", "labels", "class", "target", "digit", "y", "number")
"""Usual names of the label column, in lower case."""

_INDEX_NAMES = ("", "id", "index", "imageid", "image_id")
_MAX_CLASSES = 100  # maximum number of distinct values of a column that may hold the labels
_NUMBERED = re.compile(r"([a-z_ .]*?)_?(\d+)")
_POSITION = re.compile(r"(\d+)x(\d+)")


@dataclass(frozen=True)
class Columns:
    """The meaning of the columns of a CSV of pixels.

    Attributes
    ----------
    count : int
        Number of columns.
    side : int, pixels
        Width and height of the square images.
    label : int, optional
        Label column; None if there are no labels.
    index : int, optional
        Column of row numbers, as pandas and Kaggle write it.
    has_header : bool
        Whether the first line holds column names.
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
        """The columns that are not pixels, in order."""
        return sorted(i for i in (self.label, self.index) if i is not None)


def clean_cell(cell: str) -> str:
    """Return a cell without surrounding spaces and quotes."""
    return cell.strip().strip("\"'").strip()


def find_columns(
    path: Path, rows: Sequence[Sequence[str]], label_column: str | None = None
) -> Columns:
    """Identify the columns by their names, or by their values if there are no names.

    Parameters
    ----------
    path : Path
        The file, for messages.
    rows : sequence of sequence of str
        The cells of the first line and of some lines after it.
    label_column : str, optional
        Name or index of the label column; ``"none"`` if there is none.

    Returns
    -------
    Columns

    Raises
    ------
    DataError
        If the other columns are not the pixels of a square image in reading order, or two columns
        may be the label.
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
    few = n_pixels < MIN_IMAGE_PIXELS and not (has_header and are_pixel_names(first))
    if not _is_square(n_pixels) or (few and label_column is None):
        raise DataError(_count_message(path, first, n_pixels, label_column))
    columns = Columns(len(first), math.isqrt(n_pixels), label, index, has_header, notes)
    _check_order(path, [names[i] for i in range(len(names)) if i not in columns.others])
    return columns


def is_header(cells: Sequence[str]) -> bool:
    """Return whether cells are column names: mostly text, or the numbers 0, 1, 2, ..."""
    numbers = [cell for cell in cells if _is_number(cell)]
    if 2 * len(numbers) < len(cells):
        return True
    counted = [int(cell) for cell in numbers if cell.isdecimal()]
    return len(counted) == len(numbers) > 4 and all(
        b - a == 1 for a, b in itertools.pairwise(counted)
    )


def are_pixel_names(cells: Sequence[str]) -> bool:
    """Return whether cells are pixel names: ``pixel0``, ``1x1``, or 16 numbered names."""
    names = [clean_cell(cell).lower() for cell in cells]
    if any(name in ("pixel0", "pixel1", "pixel_0", "pixel_1", "1x1", "0x0") for name in names):
        return True
    return sum(bool(_NUMBERED.fullmatch(name)) for name in names) >= 16 and is_header(names)


def _named_label(
    path: Path, first: Sequence[str], given: str | None, has_header: bool
) -> int | None:
    """Return the label column that the caller gave, or that has a usual name."""
    names = [name.lower() for name in first]
    if given is None:
        candidates = [i for i, name in enumerate(names) if has_header and name in LABEL_NAMES]
        if len(candidates) > 1:
            both = " and ".join(repr(first[i]) for i in candidates)
            raise DataError(f"{path}: {both} may be the label; choose with --label-column")
        return candidates[0] if candidates else None
    if given == "none":
        return None
    if has_header and given.lower() in names:
        return names.index(given.lower())
    if re.fullmatch(r"-?\d{1,9}", given) and -len(first) <= int(given) < len(first):
        return int(given) % len(first)
    known = ", ".join(repr(name) for name in first[:8]) if has_header else "no names"
    raise DataError(
        f"{path}: no column {given!r} for --label-column; line 1 has {known}"
        f" and {len(first):,} columns: name one, or give its index from 0"
    )


def _find_index(
    names: Sequence[str],
    values: Sequence[Sequence[str]],
    label: int | None,
    has_header: bool,
) -> int | None:
    """Return the first column, or the one after the label, if it holds row numbers."""
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
    # In ten rows or fewer, a count may also be the labels 0 to 9.
    return place if counts and (not fits_without or len(values) > 10) else None


def _label_among(
    path: Path, names: Sequence[str], values: Sequence[Sequence[str]], index: int | None
) -> int:
    """Return the label column by its name, or the first or last column by its values."""
    named = [i for i, name in enumerate(names) if name and not _looks_numbered(name) and i != index]
    if len(named) == 1 and not (len(values) > 10 and _counts([row[named[0]] for row in values])):
        return named[0]
    ends = [0 if index is None else index + 1, len(names) - 1]
    n_distinct = {i: len({row[i] for row in values}) for i in ends if _may_be_label(values, i)}
    varied = [i for i, count in n_distinct.items() if count > 1]
    if len(varied) == 1:
        return varied[0]
    if not varied and n_distinct:  # there is only one class: pixels at the edge are 0
        first = next(iter(n_distinct))
        return next((i for i in n_distinct if values and values[0][i].strip("0.")), first)
    raise DataError(
        f"{path}: the label may be the first or the last of {len(names)} columns; choose with"
        " --label-column 0 or --label-column -1"
    )


def _may_be_label(values: Sequence[Sequence[str]], column: int) -> bool:
    cells = {row[column] for row in values}
    if len(cells) > _MAX_CLASSES:
        return False
    if not all(_is_number(cell) for cell in cells):
        return True  # class names
    return all(float(cell) % 1 == 0 and 0 <= float(cell) < _MAX_CLASSES for cell in cells)


def _counts(cells: Sequence[str]) -> bool:
    """Return whether cells are 0, 1, 2, ... or 1, 2, 3, ..."""
    if not cells or not all(_is_number(cell) and float(cell) % 1 == 0 for cell in cells):
        return False
    numbers = [int(float(cell)) for cell in cells]
    return numbers[0] in (0, 1) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _check_order(path: Path, names: Sequence[str]) -> None:
    """Check that numbered pixel names are in reading order: 0, 1, 2, ... or 1x1, 1x2, ..."""
    positions = [_POSITION.fullmatch(name) for name in names]
    numbers = [_NUMBERED.fullmatch(name) for name in names]
    is_ordered = True
    if all(positions):
        order = [(int(match[1]), int(match[2])) for match in positions if match]
        is_ordered = all(a < b for a, b in itertools.pairwise(order))
    elif all(numbers) and len({match[1] for match in numbers if match}) == 1:
        counted = [int(match[2]) for match in numbers if match]
        is_ordered = counted == list(range(counted[0], counted[0] + len(counted)))
    if not is_ordered:
        raise DataError(
            f"{path}, line 1: got pixel columns {names[0]}, {names[1]}, ..., expected reading"
            " order; sort the columns row by row"
        )


def _looks_numbered(name: str) -> bool:
    return bool(_NUMBERED.fullmatch(name) or _POSITION.fullmatch(name))


def _count_message(path: Path, first: Sequence[str], n_pixels: int, given: str | None) -> str:
    counts = Counter(map(_is_number, first))
    kind = "names" if counts[False] > counts[True] else "numbers"
    shown = ",".join(first[:3])
    return (
        f"{path}, line 1: got {len(first)} columns of {kind}, {shorten_cell(shown)!r}..., expected"
        f" a label and the pixels of a square image, 784 for 28x28, but {n_pixels} columns are left"
        f" for pixels; name the label with --label-column{'' if given is None else ' NAME'}, the"
        " separator with --delimiter, or remove other columns"
    )


def _is_square(n: int) -> bool:
    return n > 0 and math.isqrt(n) ** 2 == n


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def shorten_cell(text: str) -> str:
    """Return a text of at most 40 characters for an error message."""
    return text if len(text) <= 40 else text[:40] + "..."
