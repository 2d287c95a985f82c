"""Load data sets by name from ``NUMERALS_DATA`` or the cache, or download them."""

import dataclasses
import os
from pathlib import Path
from typing import Literal, Unpack, overload

import numpy as np
import numpy.typing as npt

from numerals.classroom.class_digits import class_data_sets
from numerals.corrections.corrected_lines import DATA_SET_NAME
from numerals.data.catalogue import CATALOGUE
from numerals.data.data_set import DataFile, DataSet
from numerals.data.download import download
from numerals.data.file_formats import read_digits
from numerals.data.file_options import FileOverrides, OnError
from numerals.data.user_data_sets import (
    describe_user_data_set,
    is_user_data_set,
    load_user_digits,
)
from numerals.errors import DataNotFoundError, UnknownNameError
from numerals.records import Digits
from numerals.untrusted import reading_untrusted


@overload
def load_digits(
    name: str, split: str = "train", *, return_X_y: Literal[False] = False
) -> Digits: ...
@overload
def load_digits(
    name: str, split: str = "train", *, return_X_y: Literal[True]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]: ...
def load_digits(
    name: str, split: str = "train", *, return_X_y: bool = False
) -> Digits | tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Load a data set from disk, without network access.

    Parameters
    ----------
    name : str
        A name in `CATALOGUE`, ``"corrections"`` for the digits of corrected lines, or
        ``"class-NAME"`` for those of a class.
    split : str, default="train"
        ``"train"`` or ``"test"``; ``"dig-mnist"`` has only ``"test"``.
    return_X_y : bool, default=False
        Whether to return the pixels and the labels instead of `Digits`, as scikit-learn's loaders
        do.

    Returns
    -------
    Digits
        With `return_X_y` instead X, ndarray of uint8, shape (n_images, height * width), and y,
        ndarray of int64, shape (n_images,).

    Raises
    ------
    DataNotFoundError
        If a file is neither below ``NUMERALS_DATA`` nor in the cache; the message lists the
        missing files and where to put them.
    DataError
        If a file does not follow its format.
    UnknownNameError
        If there is no such data set or split.

    Examples
    --------
    >>> load_digits("mnist", "test")  # doctest: +SKIP
    Digits(mnist: 10,000 images of 28x28 pixels, 10 classes 0 1 2 3 4 5 6 7 8 9)
    >>> X, y = load_digits("mnist", "test", return_X_y=True)  # doctest: +SKIP
    """
    digits = _load(name, split)
    return (digits.X, digits.y) if return_X_y else digits


def _load(name: str, split: str) -> Digits:
    if is_user_data_set(name):
        return load_user_digits(name, split)
    files = files_of(name, split)
    paths = [find_file(file) for file in files]
    missing = [file for file, path in zip(files, paths, strict=True) if path is None]
    if missing:
        raise DataNotFoundError(_missing_message(name, split, missing))
    return _read(name, tuple(path for path in paths if path is not None))


def fetch_digits(name: str, split: str = "train", *, progress: bool | None = None) -> Digits:
    """Load a data set, and download files that are not on disk into the cache.

    Parameters
    ----------
    name, split : str
        As in `load_digits`.
    progress : bool, optional
        Whether to show a progress bar on stderr; by default only if stderr is a terminal.

    Returns
    -------
    Digits

    Raises
    ------
    DataNotFoundError
        If a file is neither on disk nor downloadable; the message says where to put it.
    DataError
        If a file does not follow its format.
    UnknownNameError
        If there is no such data set or split.
    """
    if is_user_data_set(name):
        return load_user_digits(name, split)
    files = files_of(name, split)
    paths = tuple(
        find_file(file) or _download(name, split, file, progress=progress) for file in files
    )
    return _read(name, paths)


def load_or_read_digits(
    source: str,
    format: str | None = None,
    *,
    split: str = "train",
    on_error: OnError = None,
    **overrides: Unpack[FileOverrides],
) -> Digits:
    """Load a data set by name, or read a file or folder.

    Parameters
    ----------
    source : str
        A path, or a name in `CATALOGUE`. If a path of that name exists, it is read.
    format, split, on_error, **overrides
        As in `read_digits`.

    Returns
    -------
    Digits

    Raises
    ------
    DataNotFoundError
        If `source` is neither, or the data set is not on disk.
    DataError
        If the content does not follow its format.
    """
    if Path(source).exists():
        return read_digits(source, format, split=split, on_error=on_error, **overrides)
    if source in CATALOGUE or is_user_data_set(source):
        return load_digits(source, split)
    raise DataNotFoundError(
        f"{source}: no such file or folder, and no data set of this name; check the path, or"
        f" choose one of {', '.join([*CATALOGUE, DATA_SET_NAME, *class_data_sets()])}"
    )


def is_on_disk(name: str, split: str) -> bool:
    """Return whether every file of a split is on disk."""
    return all(find_file(file) is not None for file in files_of(name, split))


def files_of(name: str, split: str) -> tuple[DataFile, ...]:
    """Return the files of a split.

    Raises
    ------
    UnknownNameError
        If there is no such data set or split.
    """
    splits = find_data_set(name).splits
    if split not in splits:
        raise UnknownNameError(f"split of {name}", split, splits)
    return splits[split]


def find_data_set(name: str) -> DataSet:
    """Return the catalogue entry of a data set, or of one that users make.

    Raises
    ------
    UnknownNameError
        If there is no such data set.
    """
    if is_user_data_set(name):
        return describe_user_data_set(name)
    try:
        return CATALOGUE[name]
    except KeyError:
        raise UnknownNameError("data set", name, CATALOGUE) from None


def find_file(file: DataFile) -> Path | None:
    """Return the path of a file below ``NUMERALS_DATA`` or in the cache; None if not on disk."""
    return next((root / file.path for root in data_roots() if (root / file.path).is_file()), None)


def data_roots() -> list[Path]:
    """Return the folders to search for data files, in order."""
    named = os.environ.get("NUMERALS_DATA")
    return [*([Path(named)] if named else []), cache_folder()]


def cache_folder() -> Path:
    """Return the folder for downloaded data files."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("numerals", appauthor=False)) / "data"


def _read(name: str, paths: tuple[Path, ...]) -> Digits:
    data_set = CATALOGUE[name]
    with reading_untrusted(paths[0]):
        digits = data_set.read(paths)
    return dataclasses.replace(digits, classes=data_set.classes, name=name, script=data_set.script)


def _download(name: str, split: str, file: DataFile, *, progress: bool | None) -> Path:
    target = cache_folder() / file.path
    if file.url is None:
        raise DataNotFoundError(_missing_message(name, split, [file]))
    try:
        download(file.url, target, sha256=file.sha256, progress=progress)
    except DataNotFoundError as error:
        message = f"{error}; {_missing_message(name, split, [file])}"
        raise DataNotFoundError(message) from error
    return target


def _missing_message(name: str, split: str, missing: list[DataFile]) -> str:
    """Return one line, as all messages of the command line are."""
    named = os.environ.get("NUMERALS_DATA")
    root = f"{named} (NUMERALS_DATA)" if named else f"{cache_folder()}, or set NUMERALS_DATA"
    paths = ", ".join(f"{f.path} (from {f.url})" if f.url else f.path for f in missing)
    fetch = f"run numerals data fetch {name}, or "
    if not all(file.url for file in missing):
        fetch = f"download it by hand from {CATALOGUE[name].homepage} and "
    return f"data set {name!r}, split {split!r}, is not on disk: {fetch}put {paths} below {root}"
