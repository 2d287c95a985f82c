"""HDF5 files such as ``usps.h5``, and MATLAB's ``.mat`` files of version 7.3.

They need the extra ``files`` (h5py), which is imported when a file is read. Links to other files
and external data are not followed, and objects are not loaded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.bounded_files import (
    DEFLATE_RATIO,
    check_size,
    raw_head,
    translate_read_errors,
)
from numerals.data.file_options import DEFAULT_OPTIONS, FileOptions
from numerals.data.named_arrays import read_chosen
from numerals.errors import DataError, DataNotFoundError, MissingExtraError
from numerals.records import Digits

_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_MATLAB_MAGIC = b"MATLAB 7.3 MAT-file"
_MATLAB_HEADER_BYTES = 512  # before the HDF5 content
_MAX_DATA_SETS = 1000


def read_hdf5(path: str | Path, options: FileOptions = DEFAULT_OPTIONS) -> Digits:
    """Read digits from an HDF5 file.

    Parameters
    ----------
    path : str or Path
        A file with data sets such as ``train/data`` and ``train/target``, ``x_train`` and
        ``y_train``, or ``images`` and ``labels``.
    options : FileOptions
        The split, the names of the data sets, and scale and polarity of the pixels.

    Returns
    -------
    Digits

    Raises
    ------
    DataError
        If a data set is missing, has a wrong shape or is stored in another file, or the file is
        damaged.
    DataNotFoundError
        If the file does not exist.
    MissingExtraError
        Without the extra ``files``.
    """
    path = Path(path)
    with _open(path) as file:
        arrays = _numeric_data_sets(path, file)
        is_matlab = raw_head(path, len(_MATLAB_MAGIC)) == _MATLAB_MAGIC  # axes are reversed
        shapes = {
            name: array.shape[::-1] if is_matlab else array.shape for name, array in arrays.items()
        }

        def load(name: str) -> npt.NDArray[Any]:
            values = _load(path, name, arrays[name])
            return values.T if is_matlab else values

        return read_chosen(path, shapes, load, options)


def is_hdf5(path: Path) -> bool:
    """Return whether a file starts as HDF5, or as a MATLAB file of version 7.3."""
    head = raw_head(path, _MATLAB_HEADER_BYTES + len(_HDF5_SIGNATURE))
    return head.startswith(_HDF5_SIGNATURE) or head[_MATLAB_HEADER_BYTES:] == _HDF5_SIGNATURE


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    try:
        import h5py
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{path}: reading HDF5", "files") from error
    if not path.is_file():
        raise DataNotFoundError(f"{path}: no such file; check the path")
    errors = (OSError, RuntimeError, ValueError, KeyError, TypeError)
    with translate_read_errors(path, "an HDF5 file", errors), h5py.File(path, "r") as file:
        yield file


def _numeric_data_sets(path: Path, file: Any) -> dict[str, Any]:
    """Return the data sets of numbers by path; `visititems` follows no links to other files."""
    import h5py

    arrays: dict[str, Any] = {}

    def add(name: str, item: Any) -> None:
        if len(arrays) > _MAX_DATA_SETS:
            raise DataError(
                f"{path}: got more than {_MAX_DATA_SETS} data sets, which is the limit; copy the"
                " images and labels to another file"
            )
        if isinstance(item, h5py.Dataset) and item.shape and item.dtype.kind in "buif":
            arrays[name] = item

    file.visititems(add)
    return arrays


def _load(path: Path, name: str, array: Any) -> npt.NDArray[Any]:
    if array.external or array.is_virtual:
        raise DataError(
            f"{path}: {name} is stored in another file, which is not read; copy it into this file"
        )
    n_bytes = check_size(path, array.shape, array.dtype.itemsize)
    n_stored = array.id.get_storage_size()
    if n_bytes > n_stored * DEFLATE_RATIO:
        raise DataError(
            f"{path}: {name} declares shape {array.shape}, {n_bytes:,} bytes, but holds"
            f" {n_stored:,}; the file is damaged: fetch or copy it again"
        )
    return np.asarray(array[()])
