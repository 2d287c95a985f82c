"""A CSV of pictures and their labels: columns ``file`` and ``label``, paths relative to it."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from numerals.csv_cells import SafeWriter, unguarded
from numerals.data.csv_columns import LABEL_NAMES
from numerals.data.data_files import read_all, read_head
from numerals.data.file_options import DEFAULT_OPTIONS, ReadOptions, delimiter_of
from numerals.data.image_folders import digits_of_pictures, write_pictures
from numerals.errors import DataError
from numerals.files import folder_for_replace, open_for_replace
from numerals.records import Digits

_MAX_FILE_BYTES = 1 << 28
_COLUMNS = ("file", "label")
_FLOAT = re.compile(r"(\d+)\.0+$")  # a class that pandas wrote as a float
_FILES = ("file", "filename", "file_name", "filepath", "path", "image", "image_path", "picture")


def read_file_list(path: str | Path, options: ReadOptions = DEFAULT_OPTIONS) -> Digits:
    """Read the pictures that a CSV lists, each of one digit.

    Parameters
    ----------
    path : str or Path
        The CSV. Other columns than ``file`` and ``label`` (or their usual synonyms) are left
        aside; an empty label means unlabelled. Paths are relative to the CSV, with ``/`` or
        backslashes; of an absolute one that is not there its end is looked for beside the CSV.
    options : ReadOptions
        Names of the columns; `on_error` is told of each picture that cannot be read, and the rest
        is read. Without it the first one raises.

    Returns
    -------
    Digits
        As in `read_folder`, in the list's order.

    Raises
    ------
    DataError
        If a column is missing, a line lacks its file, or no picture can be read.
    DataNotFoundError
        If there is no such CSV, or a picture is not there and there is no `on_error`.
    """
    path = Path(path)
    return digits_of_pictures(path, _rows(path, options), options.on_error)


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
        SafeWriter(text).writerows([_COLUMNS, *zip(names, labels, strict=True)])
        stream.write(text.getvalue().encode())
        stream.flush()  # a full disk shows before the folder gets its name


def is_file_list(path: Path) -> bool:
    """Tell whether a file's first line names columns of files and labels."""
    line = read_head(path, 1024).split(b"\n")[0].decode("utf-8-sig", errors="replace")
    names = [_clean(column) for column in line.split(_find_delimiter(line))]
    return bool({*_FILES} & {*names}) and bool({*LABEL_NAMES} & {*names})


def _write(digits: Digits, folder: Path) -> list[Path]:
    flat = Digits(digits.images, digits.labels * 0 - 1)  # no folder for each class
    return write_pictures(flat, folder)


def _rows(path: Path, options: ReadOptions) -> Iterator[tuple[Path, str]]:
    try:
        text = read_all(path, max_bytes=_MAX_FILE_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 text ({error}); save the list as UTF-8") from error
    first = text.split("\n", 1)[0]
    delimiter = delimiter_of(options.delimiter) if options.delimiter else _find_delimiter(first)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = next(reader, [])
        file = _find_column(path, names, options.image_column, _FILES)
        label = None
        if options.label_column != "none":
            label = _find_column(path, names, options.label_column, LABEL_NAMES)
        for row in reader:
            if not row:
                continue
            if file >= len(row) or not row[file].strip():
                raise DataError(f"{path}, line {reader.line_num}: no file; fill in or remove it")
            picture = _find_picture(path.parent, unguarded(row[file].strip()))
            text = row[label].strip() if label is not None and label < len(row) else ""
            yield picture, _FLOAT.sub(r"\1", unguarded(text))
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}; quote the cell") from error


def _find_column(path: Path, names: list[str], wanted: str | None, usual: tuple[str, ...]) -> int:
    cleaned = [_clean(name) for name in names]
    if wanted is not None and re.fullmatch(r"\d{1,4}", wanted) and int(wanted) < len(names):
        return int(wanted)
    for name in usual if wanted is None else (_clean(wanted),):
        if name in cleaned:
            return cleaned.index(name)
    columns = ", ".join(repr(name) for name in names[:8]) or "nothing"
    raise DataError(
        f"{path}, line 1: no column {wanted or usual[0]} in {columns}; expected file,label: name"
        " the columns in the first line, or say which they are with --image-column and"
        " --label-column"
    )


def _find_picture(folder: Path, name: str) -> Path:
    """Return where a picture is; if it is not there, the path as the list has it."""
    if "\\" not in name or (folder / name).exists():
        found = folder / name
    else:
        found = folder / PureWindowsPath(name).as_posix()
    absolute = PureWindowsPath(name).is_absolute() or PurePosixPath(name).is_absolute()
    if not absolute or found.exists():
        return found
    parts = PureWindowsPath(name).parts[1:]  # listed on another machine
    ends = (folder.joinpath(*parts[start:]) for start in range(len(parts)))
    return next((end for end in ends if end.is_file()), Path(name))


def _find_delimiter(line: str) -> str:
    return next((delimiter for delimiter in ",;\t" if delimiter in line), ",")


def _clean(name: str) -> str:
    return name.strip().strip('"').lower()
