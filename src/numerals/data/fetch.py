"""Data sets by name: from ``NUMERALS_DATA``, from the cache, or from where they are published."""

import dataclasses
import os
from pathlib import Path
from typing import Unpack

from numerals.corrections.corrected_lines import is_corrections
from numerals.corrections.correction_digits import load_correction_digits
from numerals.data.catalogue import CATALOGUE
from numerals.data.corrections_data_set import describe_corrections
from numerals.data.data_files import OnError
from numerals.data.data_set import DataFile, DataSet
from numerals.data.download import download
from numerals.data.file_options import Insisted
from numerals.data.formats import read_digits
from numerals.errors import DataNotFoundError, UnknownNameError
from numerals.records import Digits
from numerals.untrusted import reading_untrusted


def load_digits(name: str, split: str = "train") -> Digits:
    """Load a data set that is on disk; the network is never asked.

    Parameters
    ----------
    name : str
        A name in `CATALOGUE`, or ``"corrections"``: the digits of what people corrected.
    split : str, default="train"
        ``"train"`` or ``"test"``; ``"dig-mnist"`` has ``"test"`` alone.

    Returns
    -------
    Digits

    Raises
    ------
    DataNotFoundError
        If a file is neither below ``NUMERALS_DATA`` nor in the cache; the message says which
        files belong where.
    DataError
        If a file is not as its format says.
    UnknownNameError
        If there is no such data set or split.
    """
    if is_corrections(name):
        return load_correction_digits(name, split)
    files = files_of(name, split)
    paths = [find_file(file) for file in files]
    missing = [file for file, path in zip(files, paths, strict=True) if path is None]
    if missing:
        raise DataNotFoundError(_missing_message(name, split, missing))
    return _read(name, tuple(path for path in paths if path is not None))


def fetch_digits(name: str, split: str = "train", *, progress: bool | None = None) -> Digits:
    """Load a data set, downloading what is not on disk into the cache.

    Parameters
    ----------
    name, split : str
        As in `load_digits`.
    progress : bool, optional
        Whether to draw a progress bar on stderr; by default if that is a terminal.

    Returns
    -------
    Digits

    Raises
    ------
    DataNotFoundError
        If a file can neither be found nor downloaded; the message says what to put where.
    DataError
        If a file is not as its format says.
    UnknownNameError
        If there is no such data set or split.
    """
    if is_corrections(name):
        return load_correction_digits(name, split)
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
    **insisted: Unpack[Insisted],
) -> Digits:
    """Load a data set by its name in the catalogue, or read a file or folder.

    Parameters
    ----------
    source : str
        A path, or a name in `CATALOGUE`. What exists as a path is read as one.
    format, split, on_error, **insisted
        As in `read_digits`.

    Returns
    -------
    Digits

    Raises
    ------
    DataNotFoundError
        If it is neither, or the data set is not on disk.
    DataError
        If the content is not as its format says.
    """
    if Path(source).exists():
        return read_digits(source, format, split=split, on_error=on_error, **insisted)
    if source in CATALOGUE or is_corrections(source):
        return load_digits(source, split)
    raise DataNotFoundError(
        f"{source}: no such file or folder, and no data set of this name;"
        f" known: {', '.join(CATALOGUE)}, corrections"
    )


def is_on_disk(name: str, split: str) -> bool:
    """Tell whether every file of a split is on disk."""
    return all(find_file(file) is not None for file in files_of(name, split))


def files_of(name: str, split: str) -> tuple[DataFile, ...]:
    """Return the files that a split needs."""
    splits = find_data_set(name).splits
    if split not in splits:
        raise UnknownNameError(f"split of {name}", split, splits)
    return splits[split]


def find_data_set(name: str) -> DataSet:
    """Return a data set's entry in the catalogue, or one of corrections, as they are now.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    """
    if is_corrections(name):
        return describe_corrections(name)
    try:
        return CATALOGUE[name]
    except KeyError:
        raise UnknownNameError("data set", name, CATALOGUE) from None


def find_file(file: DataFile) -> Path | None:
    """Return where a file is on disk: below ``NUMERALS_DATA``, else in the cache, else None."""
    return next((root / file.path for root in data_roots() if (root / file.path).is_file()), None)


def data_roots() -> list[Path]:
    """Return the folders that are searched, in order."""
    named = os.environ.get("NUMERALS_DATA")
    return [*([Path(named)] if named else []), cache_folder()]


def cache_folder() -> Path:
    """Return the folder that downloads go to."""
    import pooch

    return Path(pooch.os_cache("numerals")) / "data"


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
        message = f"{error}\n{_missing_message(name, split, [file])}"
        raise DataNotFoundError(message) from error
    return target


def _missing_message(name: str, split: str, missing: list[DataFile]) -> str:
    named = os.environ.get("NUMERALS_DATA")
    root = named or cache_folder()
    setting = "NUMERALS_DATA" if named else "the cache; or set NUMERALS_DATA to a folder of yours"
    lines = [
        f"data set {name!r}, split {split!r}: not on disk. Put these below {root} ({setting}):"
    ]
    lines += [f"  {file.path}" + (f"  from {file.url}" if file.url else "") for file in missing]
    if all(file.url for file in missing):
        lines.append(f"or run: numerals data fetch {name}")
    else:
        lines.append(f"They have to be fetched by hand; see {CATALOGUE[name].homepage}")
    return "\n".join(lines)
