"""A CSV of pictures and their labels: columns ``file`` and ``label``, paths relative to it."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from numerals.data.files import OnError, folder_for_replace, open_for_replace, read_all, read_head
from numerals.data.folders import digits_of_pictures, write_pictures
from numerals.errors import DataError
from numerals.records import Digits

_MAX_FILE_BYTES = 1 << 28
_COLUMNS = ("file", "label")


def read_file_list(path: str | Path, on_error: OnError = None) -> Digits:
    """Read the pictures that a CSV lists, each of one digit.

    Parameters
    ----------
    path : str or Path
        The CSV. Other columns than ``file`` and ``label`` are left aside; an empty label means
        unlabelled.
    on_error : callable (Path, NumeralsError), optional
        Told of each picture that cannot be read; the rest is read. Without it the first one
        raises.

    Returns
    -------
    Digits
        As in `read_folder`, in the list's order.

    Raises
    ------
    DataError
        If a column is missing, a line lacks its file, or no picture can be read.
    DataNotFoundError
        If there is no such CSV.
    """
    path = Path(path)
    return digits_of_pictures(path, _rows(path), on_error)


def write_file_list(digits: Digits, path: str | Path) -> None:
    """Write digits as PNG files into a folder beside the CSV that lists them.

    Parameters
    ----------
    digits : Digits
        What to write.
    path : str or Path
        The CSV; the folder has its name without ``.csv`` and must not exist yet.

    Raises
    ------
    DataError
        If that folder already holds something.
    """
    path = Path(path)
    pictures = path.with_suffix("")
    if pictures == path:
        raise DataError(f"{path}: expected a name that ends in .csv; the pictures go beside it")
    with open_for_replace(path) as stream, folder_for_replace(pictures) as folder:
        names = [item.relative_to(folder.parent).as_posix() for item in _write(digits, folder)]
        labels = [digits.classes[label] if label >= 0 else "" for label in digits.labels.tolist()]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(
            [_COLUMNS, *zip(names, labels, strict=True)]
        )
        stream.write(text.getvalue().encode())
        stream.flush()  # a full disk shows before the folder gets its name


def is_file_list(path: Path) -> bool:
    """Tell whether a file's first line names the columns ``file`` and ``label``."""
    line = read_head(path, 1024).split(b"\n")[0].decode("utf-8-sig", errors="replace")
    return set(_COLUMNS) <= {column.strip().strip('"') for column in line.split(",")}


def _write(digits: Digits, folder: Path) -> list[Path]:
    flat = Digits(digits.images, digits.labels * 0 - 1)  # no folder for each class
    return write_pictures(flat, folder)


def _rows(path: Path) -> Iterator[tuple[Path, str]]:
    try:
        text = read_all(path, max_bytes=_MAX_FILE_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 text ({error}); save the list as UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise DataError(
            f"{path}, line 1: no column {' or '.join(missing)}; expected file,label: name the"
            " columns in the first line"
        )
    try:
        for row in reader:
            if not row["file"]:
                raise DataError(f"{path}, line {reader.line_num}: no file; fill in or remove it")
            yield path.parent / row["file"], (row["label"] or "").strip()
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}; quote the cell") from error
