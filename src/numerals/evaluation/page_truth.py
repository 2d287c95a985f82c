"""The truth about pages: a CSV of file names and what is written there."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from numerals.errors import DataError
from numerals.records import Line
from numerals.untrusted import reads_untrusted


@dataclass(frozen=True)
class PageTruth:
    """What is written on a page.

    Attributes
    ----------
    path : Path
        The picture.
    lines : tuple of str
        Top to bottom; empty for a page without numbers.
    set : str
        The part of the collection that it belongs to.
    """

    path: Path
    lines: tuple[str, ...]
    set: str


@reads_untrusted()
def read_truth(path: Path, *, column: str = "text", split: str | None = None) -> list[PageTruth]:
    """Read a CSV with the columns ``file`` and ``text``, lines separated by ``|``.

    Parameters
    ----------
    path : Path
        The CSV; file names in it are relative to its folder. A column ``set`` names the part that
        a page belongs to, and ``split`` the split.
    column : str, default="text"
        Which column holds the truth.
    split : str, optional
        Keep only the rows of this split.

    Returns
    -------
    list of PageTruth

    Raises
    ------
    DataError
        If the file cannot be read, or lacks a column, or has no row of that split.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            _check_columns(path, reader.fieldnames or [], column, split)
            rows = list(_pages(path, reader, column, split))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as CSV ({error})") from error
    if not rows:
        raise DataError(f"{path}: no rows" + (f" with split={split}" if split else ""))
    return rows


def _check_columns(path: Path, found: object, column: str, split: str | None) -> None:
    names = list(found) if isinstance(found, (list, tuple)) else []
    wanted = ["file", column, *(["split"] if split else [])]
    missing = [name for name in wanted if name not in names]
    if missing:
        raise DataError(
            f"{path}: no column {', '.join(missing)}; it has {', '.join(map(str, names)) or 'none'}"
        )


def _pages(
    path: Path, reader: "csv.DictReader[str]", column: str, split: str | None
) -> Iterator[PageTruth]:
    for row in reader:
        if row["file"] is None or row[column] is None:
            raise DataError(f"{path}, line {reader.line_num}: too few columns")
        if split is None or row["split"] == split:
            lines = tuple(line.strip() for line in row[column].split("|") if line.strip())
            yield PageTruth(path.parent / row["file"], lines, row.get("set") or path.stem)


def digits_alone(truth: Sequence[str], lines: Sequence[Line]) -> tuple[list[str], list[Line]]:
    """Leave out all but digits, of the truth as of what was read."""
    closed = [replace(line, text=_digits(line.text)) for line in lines]
    return [_digits(line) for line in truth], closed


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit() or character == "?")
