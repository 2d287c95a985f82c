"""HDF5: ``usps.h5`` and other files of plain data sets; MATLAB's ``.mat`` of version 7.3.

Needs the extra ``files`` (h5py), which is imported when a file is read. Links to other files,
data stored in other files, and objects are never followed or loaded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.data_files import DEFLATE_RATIO, check_size
from numerals.data.file_options import DEFAULT_OPTIONS, ReadOptions
from numerals.data.named_arrays import read_chosen
from numerals.errors import DataError, DataNotFoundError, MissingExtraError, NumeralsError
from numerals.records import Digits

_MAGIC = b"\x89HDF\r\n\x1a\n"
_MATLAB = b"MATLAB 7.3 MAT-file"
_MATLAB_BLOCK = 512  # bytes before the HDF5 content
_MAX_DATA_SETS = 1000


def read_hdf5(path: str | Path, options: ReadOptions = DEFAULT_OPTIONS) -> Digits:
    """Read digits from an HDF5 file.

    Parameters
    ----------
    path : str or Path
        With data sets such as ``train/data`` and ``train/target``, ``x_train`` and ``y_train``, or
        ``images`` and ``labels``.
    options : ReadOptions
        The split, and what the data sets are called and mean.

    Returns
    -------
    Digits

    Raises
    ------
    DataError
        If a data set is missing, does not fit, lies in another file, or the file is damaged.
    DataNotFoundError
        If there is no such file.
    MissingExtraError
        Without the extra ``files``.
    """
    path = Path(path)
    with _open(path) as file:
        arrays = _data_sets(path, file)
        is_matlab = _is_matlab(path)  # stores columns first: the axes are reversed
        shapes = {
            name: array.shape[::-1] if is_matlab else array.shape for name, array in arrays.items()
        }

        def load(name: str) -> npt.NDArray[Any]:
            values = _load(path, name, arrays[name])
            return values.T if is_matlab else values

        return read_chosen(path, shapes, load, options)


def is_hdf5(path: Path) -> bool:
    """Tell whether a file begins as an HDF5 file does, or as MATLAB's of version 7.3."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_MATLAB_BLOCK + len(_MAGIC))
    except OSError:
        return False
    return head.startswith(_MAGIC) or head[_MATLAB_BLOCK:] == _MAGIC


def _is_matlab(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(_MATLAB)) == _MATLAB


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    try:
        import h5py
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{path}: reading HDF5", "files") from error
    if not path.is_file():
        raise DataNotFoundError(f"{path}: no such file; check the path")
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, NumeralsError):
            raise
        raise DataError(
            f"{path}: not an HDF5 file that can be read ({error}); fetch or copy it again"
        ) from error


def _data_sets(path: Path, file: Any) -> dict[str, Any]:
    """Return the arrays of numbers by path; `visititems` follows no links to other files."""
    import h5py

    found: dict[str, Any] = {}

    def keep(name: str, item: Any) -> None:
        if len(found) > _MAX_DATA_SETS:
            raise DataError(f"{path}: more than {_MAX_DATA_SETS} data sets; copy out what you need")
        if isinstance(item, h5py.Dataset) and item.shape and item.dtype.kind in "buif":
            found[name] = item

    file.visititems(keep)
    return found


def _load(path: Path, name: str, array: Any) -> npt.NDArray[Any]:
    if array.external or array.is_virtual:
        raise DataError(f"{path}: {name} lies in another file, which is not read; copy it into one")
    n_bytes = check_size(path, array.shape, array.dtype.itemsize)
    stored = array.id.get_storage_size()
    if n_bytes > stored * DEFLATE_RATIO:
        raise DataError(
            f"{path}: {name} declares shape {array.shape}, {n_bytes:,} bytes, but holds {stored:,};"
            " fetch or copy it again"
        )
    return np.asarray(array[()])
