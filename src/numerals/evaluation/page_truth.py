"""Read the true text of pages from a CSV file."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from numerals.errors import DataError
from numerals.records import REJECTED_TEXT, Line
from numerals.untrusted import reads_untrusted


@dataclass(frozen=True)
class PageTruth:
    """The true text of a page.

    Attributes
    ----------
    path : Path
        The picture.
    lines : tuple of str
        Texts from top to bottom; empty for a page without numbers.
    set : str
        Name of the subset that the page belongs to.
    """

    path: Path
    lines: tuple[str, ...]
    set: str


@reads_untrusted()
def read_truth(path: Path, *, column: str = "text", split: str | None = None) -> list[PageTruth]:
    """Read a CSV with the columns ``file`` and ``text``, whose lines are separated by ``|``.

    Parameters
    ----------
    path : Path
        The CSV; file names in it are relative to its folder. The optional columns ``set`` and
        ``split`` name the subset and the split of a page.
    column : str, default="text"
        Name of the column that holds the true text.
    split : str, optional
        Return only the rows of this split.

    Returns
    -------
    list of PageTruth

    Raises
    ------
    DataError
        If the file cannot be read, lacks a column, or has no row of the split.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            _check_columns(path, reader.fieldnames or [], column, split)
            rows = list(_parse_rows(path, reader, column, split))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as CSV ({error})") from error
    if not rows:
        raise DataError(f"{path}: no rows" + (f" with split={split}" if split else ""))
    return rows


def keep_only_digits(truth: Sequence[str], lines: Sequence[Line]) -> tuple[list[str], list[Line]]:
    """Remove all characters except digits and ``?`` from true texts and from lines read.

    Parameters
    ----------
    truth : sequence of str
    lines : sequence of Line

    Returns
    -------
    truth : list of str
    lines : list of Line
    """
    stripped = [replace(line, text=_strip_to_digits(line.text)) for line in lines]
    return [_strip_to_digits(text) for text in truth], stripped


def _check_columns(path: Path, columns: object, column: str, split: str | None) -> None:
    names = list(columns) if isinstance(columns, (list, tuple)) else []
    required = ["file", column, *(["split"] if split else [])]
    missing = [name for name in required if name not in names]
    if missing:
        raise DataError(
            f"{path}: no column {', '.join(missing)}; it has {', '.join(map(str, names)) or 'none'}"
        )


def _parse_rows(
    path: Path, reader: "csv.DictReader[str]", column: str, split: str | None
) -> Iterator[PageTruth]:
    for row in reader:
        if row["file"] is None or row[column] is None:
            raise DataError(f"{path}, line {reader.line_num}: too few columns")
        if split is None or row["split"] == split:
            lines = tuple(line.strip() for line in row[column].split("|") if line.strip())
            yield PageTruth(path.parent / row["file"], lines, row.get("set") or path.stem)


def _strip_to_digits(text: str) -> str:
    return "".join(
        character for character in text if character.isdigit() or character == REJECTED_TEXT
    )
