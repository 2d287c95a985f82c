"""CSV lists of picture files and labels, with paths relative to the CSV."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from numerals.csv_cells import SafeWriter, unescape_cell
from numerals.data.bounded_files import read_all, read_head
from numerals.data.csv_columns import LABEL_NAMES
from numerals.data.file_options import DEFAULT_OPTIONS, FileOptions, delimiter_of
from numerals.data.image_folders import digits_of_pictures, write_pictures
from numerals.errors import DataError
from numerals.files import atomic_folder, open_atomic
from numerals.records import Digits

_MAX_LIST_BYTES = 1 << 28
_COLUMNS = ("file", "label")
_INTEGRAL_FLOAT = re.compile(r"(\d+)\.0+$")  # an integer class that pandas wrote as a float
_FILE_NAMES = (
    "file", "filename", "file_name", "filepath", "path", "image", "image_path", "picture"
)  # fmt: skip


def read_file_list(path: str | Path, options: FileOptions = DEFAULT_OPTIONS) -> Digits:
    """Read the pictures of single digits that a CSV lists.

    Parameters
    ----------
    path : str or Path
        The CSV. It has the columns ``file`` and ``label``, or usual synonyms; other columns are
        ignored. An empty label means unlabelled. Paths are relative to the CSV and may use ``/``
        or backslashes. If an absolute path does not exist, its last parts are searched for beside
        the CSV.
    options : FileOptions
        Column names, and `on_error`, which is called with each picture that cannot be read. If it
        is None, the first failure raises.

    Returns
    -------
    Digits
        As `read_folder` returns them, in the order of the list.

    Raises
    ------
    DataError
        If a column or a file name is missing, or no picture can be read.
    DataNotFoundError
        If the CSV does not exist.
    ImageError
        If a picture cannot be read and `on_error` is None.
    """
    path = Path(path)
    return digits_of_pictures(path, _rows(path, options), options.on_error)


def write_file_list(digits: Digits, path: str | Path) -> None:
    """Write digits as PNG files, and a CSV that lists them.

    Parameters
    ----------
    digits : Digits
    path : str or Path
        The CSV. The PNG files are written to a new folder with its name without ``.csv``.

    Raises
    ------
    DataError
        If `path` has no suffix, or that folder is not empty.
    """
    path = Path(path)
    pictures = path.with_suffix("")
    if pictures == path:
        raise DataError(
            f"{path}: got a name without suffix, expected one that ends in .csv; the pictures are"
            " written to the folder of this name without .csv"
        )
    with open_atomic(path) as stream, atomic_folder(pictures) as folder:
        names = [item.relative_to(folder.parent).as_posix() for item in _write_flat(digits, folder)]
        labels = [digits.classes[label] if label >= 0 else "" for label in digits.labels.tolist()]
        text = io.StringIO()
        SafeWriter(text).writerows([_COLUMNS, *zip(names, labels, strict=True)])
        stream.write(text.getvalue().encode())
        stream.flush()  # a full disk raises before the folder is renamed


def is_file_list(path: Path) -> bool:
    """Return whether the first line of a file names a column of files and one of labels."""
    line = read_head(path, 1024).split(b"\n")[0].decode("utf-8-sig", errors="replace")
    names = [_clean(column) for column in line.split(_find_delimiter(line))]
    return bool({*_FILE_NAMES} & {*names}) and bool({*LABEL_NAMES} & {*names})


def _write_flat(digits: Digits, folder: Path) -> list[Path]:
    unlabelled = Digits(digits.images, digits.labels * 0 - 1)  # else each class gets a folder
    return write_pictures(unlabelled, folder)


def _rows(path: Path, options: FileOptions) -> Iterator[tuple[Path, str]]:
    try:
        text = read_all(path, max_bytes=_MAX_LIST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 text ({error}); save the list as UTF-8") from error
    header = text.split("\n", 1)[0]
    delimiter = delimiter_of(options.delimiter) if options.delimiter else _find_delimiter(header)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = next(reader, [])
        file = _find_column(path, names, options.image_column, _FILE_NAMES)
        label = None
        if options.label_column != "none":
            label = _find_column(path, names, options.label_column, LABEL_NAMES)
        for row in reader:
            if not row:
                continue
            if file >= len(row) or not row[file].strip():
                raise DataError(
                    f"{path}, line {reader.line_num}: the cell of the file is empty; fill it in, or"
                    " remove the line"
                )
            picture = _find_picture(path.parent, unescape_cell(row[file].strip()))
            text = row[label].strip() if label is not None and label < len(row) else ""
            yield picture, _INTEGRAL_FLOAT.sub(r"\1", unescape_cell(text))
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}; quote the cell") from error


def _find_column(path: Path, names: list[str], given: str | None, synonyms: tuple[str, ...]) -> int:
    """Return the index of the column `given` by name or index, else of the first synonym."""
    cleaned = [_clean(name) for name in names]
    if given is not None and re.fullmatch(r"\d{1,4}", given) and int(given) < len(names):
        return int(given)
    for name in synonyms if given is None else (_clean(given),):
        if name in cleaned:
            return cleaned.index(name)
    columns = ", ".join(repr(name) for name in names[:8]) or "nothing"
    raise DataError(
        f"{path}, line 1: no column {given or synonyms[0]} in {columns}, expected file,label; name"
        " the columns in the first line, or choose them with --image-column and --label-column"
    )


def _find_picture(folder: Path, name: str) -> Path:
    """Return the path of a picture of the list, whether or not the file exists."""
    if "\\" not in name or (folder / name).exists():
        path = folder / name
    else:
        path = folder / PureWindowsPath(name).as_posix()
    is_absolute = PureWindowsPath(name).is_absolute() or PurePosixPath(name).is_absolute()
    if not is_absolute or path.exists():
        return path
    parts = PureWindowsPath(name).parts[1:]  # the list comes from another machine
    candidates = (folder.joinpath(*parts[start:]) for start in range(len(parts)))
    return next((candidate for candidate in candidates if candidate.is_file()), Path(name))


def _find_delimiter(line: str) -> str:
    return next((delimiter for delimiter in ",;\t" if delimiter in line), ",")


def _clean(name: str) -> str:
    return name.strip().strip('"').lower()
