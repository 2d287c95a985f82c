"""NumPy archives: those of `write_npz`, of Keras and of CMATERdb.

Pickled objects are never loaded. The declared shapes are checked before any array is read.
"""

import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from numerals.data.bounded_files import DEFLATE_RATIO, check_size, translate_read_errors
from numerals.data.file_options import DEFAULT_OPTIONS, FileOptions
from numerals.data.named_arrays import read_chosen
from numerals.errors import DataError
from numerals.files import open_atomic
from numerals.records import Digits
from numerals.untrusted import reads_untrusted

_METADATA_KEYS = ("classes", "writers", "name", "script")


def read_npz(path: str | Path, options: FileOptions = DEFAULT_OPTIONS) -> Digits:
    """Read digits from an ``.npz`` archive.

    Parameters
    ----------
    path : str or Path
        The archive. It has the keys of `write_npz` (``images``, ``labels``, ``classes``,
        ``writers``, ``name``, ``script``), those of Keras' ``mnist.npz`` (``x_train``,
        ``y_train``, ``x_test``, ``y_test``), or usual variants of them.
    options : FileOptions
        The split, the names of the arrays, and scale and polarity of the pixels.

    Returns
    -------
    Digits
        Gray images. Dark ink on a bright background, as in CMATERdb, is inverted. The images of
        archives that `write_npz` wrote (with ``classes``) are returned unchanged.

    Raises
    ------
    DataError
        If an array is missing, holds objects, or has a wrong size or shape.
    DataNotFoundError
        If the file does not exist.
    UnknownNameError
        If there is no such split.
    """
    path = Path(path)
    arrays = read_arrays(path)
    if "classes" in arrays and "images" in arrays:
        return _read_native(path, arrays, options)
    shapes = {key: array.shape for key, array in arrays.items() if key not in _METADATA_KEYS}
    digits = read_chosen(path, shapes, arrays.__getitem__, options)
    return replace(digits, writers=_writers(path, arrays, len(digits)))


def write_npz(digits: Digits, path: str | Path) -> None:
    """Write digits with their labels, classes, writers, name and script.

    Parameters
    ----------
    digits : Digits
    path : str or Path
        The archive to write; an existing file is replaced atomically.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    arrays: dict[str, Any] = {
        "images": digits.images,
        "labels": digits.labels,
        "classes": np.array(digits.classes, dtype=np.str_),
        "name": np.array(digits.name),
        "script": np.array(digits.script),
    }
    if digits.writers is not None:
        arrays["writers"] = digits.writers
    with open_atomic(Path(path)) as stream:
        np.savez_compressed(stream, **arrays)


def is_npz(path: Path) -> bool:
    """Return whether a file is a zip archive with ``.npy`` members."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".npy") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError):
        return False


@reads_untrusted()
def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of an .npz archive by name; sizes are checked before memory is allocated.

    Raises
    ------
    DataError
        If the archive is damaged or too large, or an array holds objects.
    DataNotFoundError
        If the file does not exist.
    """
    errors = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
    with translate_read_errors(path, "an .npz archive", errors), zipfile.ZipFile(path) as archive:
        members = [item for item in archive.infolist() if item.filename.endswith(".npy")]
        check_size(path, (sum(item.file_size for item in members),), 1)
        return {
            item.filename.removesuffix(".npy"): _read_member(path, archive, item)
            for item in members
        }


def read_npy_header(path: Path, stream: IO[bytes], name: str) -> tuple[tuple[int, ...], int, int]:
    """Read the header of a ``.npy`` file.

    Parameters
    ----------
    path : Path
        The file or archive, for messages.
    stream : binary stream
        At the start of the ``.npy`` content.
    name : str
        Name of the array, for messages.

    Returns
    -------
    shape : tuple of int
    n_bytes : int
        Declared size of the values, bytes.
    header_bytes : int
        Size of the header.

    Raises
    ------
    DataError
        If the array holds Python objects, or is larger than the limit.
    ValueError
        If the header is damaged.
    """
    version = np.lib.format.read_magic(stream)
    read_header = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    try:
        shape, _, dtype = read_header(stream)
    except Exception as error:  # NumPy parses it as Python, and its tokenizer raises many errors
        raise ValueError(f"the header of {name} is damaged") from error
    if dtype.hasobject:
        raise DataError(
            f"{path}: {name} holds Python objects, which are never loaded; save it as an array of"
            " numbers or strings"
        )
    return shape, check_size(path, shape, dtype.itemsize), stream.tell()


def _read_member(path: Path, archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> npt.NDArray[Any]:
    with archive.open(item) as stream:
        shape, n_bytes, header_bytes = read_npy_header(path, stream, item.filename)
    n_available = min(item.file_size - header_bytes, item.compress_size * DEFLATE_RATIO)
    if n_bytes != item.file_size - header_bytes or n_bytes > n_available:
        raise DataError(
            f"{path}: {item.filename} declares shape {shape}, {n_bytes:,} bytes, but holds at most"
            f" {max(n_available, 0):,}; the file is damaged: fetch or copy it again"
        )
    with archive.open(item) as stream:
        array: npt.NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return array


def _read_native(path: Path, arrays: dict[str, npt.NDArray[Any]], options: FileOptions) -> Digits:
    """Read an archive that `write_npz` wrote."""
    images = arrays["images"]
    if images.ndim != 3 or images.dtype != np.uint8:
        raise DataError(
            f"{path}: got images of {images.dtype} and shape {images.shape} together with classes,"
            " expected uint8 of shape (n, height, width); convert them, or remove classes"
        )
    labels = _to_integers(path, "labels", arrays.get("labels"), len(images))
    return Digits(
        np.invert(images) if options.invert else images,
        labels,
        _to_classes(path, arrays["classes"], labels),
        name=str(arrays.get("name", path.stem)),
        script=str(arrays.get("script", "latin")),
        writers=_writers(path, arrays, len(images)),
    )


def _writers(
    path: Path, arrays: dict[str, npt.NDArray[Any]], n_images: int
) -> npt.NDArray[np.int64] | None:
    writers = arrays.get("writers")
    return None if writers is None else _to_integers(path, "writers", writers, n_images)


def _to_integers(
    path: Path, key: str, values: npt.NDArray[Any] | None, n_images: int
) -> npt.NDArray[np.int64]:
    if values is None:
        return np.full(n_images, -1, np.int64)
    if values.shape in ((n_images, 1), (1, n_images)):
        values = values.reshape(n_images)
    if values.shape != (n_images,) or values.dtype.kind not in "iu":
        raise DataError(
            f"{path}: got {key} of {values.dtype} and shape {values.shape}, expected one integer"
            f" for each of {n_images:,} images; save them again"
        )
    return values.astype(np.int64)


def _to_classes(
    path: Path, names: npt.NDArray[Any], labels: npt.NDArray[np.int64]
) -> tuple[str, ...]:
    classes = tuple(str(name) for name in names.ravel())
    min_label, max_label = int(labels.min(initial=0)), int(labels.max(initial=-1))
    if min_label < -1 or max_label >= len(classes):
        raise DataError(
            f"{path}: got labels from {min_label} to {max_label} with {len(classes)} classes,"
            f" expected 0 to {len(classes) - 1}, or -1 for unlabelled; save them again"
        )
    return classes
