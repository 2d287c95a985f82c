"""NumPy archives: ours (``images``, ``labels``, ``classes``, ``writers``), Keras', CMATERdb's.

Pickled objects are never loaded. The shapes that the archive declares are checked before any
array is read.
"""

import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from numerals.data.data_files import DEFLATE_RATIO, check_size
from numerals.data.file_options import DEFAULT_OPTIONS, ReadOptions
from numerals.data.named_arrays import read_chosen
from numerals.errors import DataError, DataNotFoundError
from numerals.files import open_for_replace
from numerals.records import Digits
from numerals.untrusted import reads_untrusted

_OTHERS = ("classes", "writers", "name", "script")


def read_npz(path: str | Path, options: ReadOptions = DEFAULT_OPTIONS) -> Digits:
    """Read digits from an ``.npz`` archive.

    Parameters
    ----------
    path : str or Path
        The archive. Understood are the keys ``images``, ``labels`` (and ``classes``, ``writers``,
        ``name``, ``script``) that `write_npz` writes, ``x_train``, ``y_train``, ``x_test``,
        ``y_test`` as in Keras' ``mnist.npz``, and the usual variants of both.
    options : ReadOptions
        The split, where the archive has several; what the arrays are called and mean.

    Returns
    -------
    Digits
        In grey; dark ink on a bright ground, as in CMATERdb, is inverted. Archives with
        ``classes`` are taken to be ours and left as they are.

    Raises
    ------
    DataError
        If an array is missing, holds objects, or does not fit in size or shape.
    DataNotFoundError
        If there is no such file.
    UnknownNameError
        If there is no such split.
    """
    path = Path(path)
    arrays = read_arrays(path)
    if "classes" in arrays and "images" in arrays:
        return _read_ours(path, arrays, options)
    shapes = {key: array.shape for key, array in arrays.items() if key not in _OTHERS}
    digits = read_chosen(path, shapes, arrays.__getitem__, options)
    return replace(digits, writers=_writers(path, arrays, len(digits)))


def write_npz(digits: Digits, path: str | Path) -> None:
    """Write digits with all that is known of them: labels, classes, writers, name, script.

    Parameters
    ----------
    digits : Digits
        What to write.
    path : str or Path
        The archive to write; it is replaced once the new one is whole.
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
    with open_for_replace(Path(path)) as stream:
        np.savez_compressed(stream, **arrays)


def is_npz(path: Path) -> bool:
    """Tell whether a file is a zip archive of ``.npy`` files."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".npy") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError):
        return False


@reads_untrusted()
def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of an .npz archive by name; sizes are checked before memory is taken."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [item for item in archive.infolist() if item.filename.endswith(".npy")]
            check_size(path, (sum(item.file_size for item in members),), 1)
            return {
                item.filename.removesuffix(".npy"): _read_member(path, archive, item)
                for item in members
            }
    except FileNotFoundError as error:
        raise DataNotFoundError(f"{path}: no such file; check the path") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{path}: not an .npz archive that can be read ({error}); fetch or copy it again"
        ) from error


def read_npy_header(path: Path, stream: IO[bytes], name: str) -> tuple[tuple[int, ...], int, int]:
    """Return the shape, the bytes of the values and those of the header of a ``.npy`` file.

    Raises
    ------
    DataError
        If it holds Python objects, or declares more than is read.
    ValueError
        If it is no ``.npy`` file.
    """
    version = np.lib.format.read_magic(stream)
    read_header = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    try:
        shape, _, dtype = read_header(stream)
    except Exception as error:  # numpy parses it as Python and raises what its tokenizer does
        raise ValueError(f"{name}: its header is damaged") from error
    if dtype.hasobject:
        raise DataError(
            f"{path}: {name} holds Python objects, which are never loaded; save it as an"
            " array of numbers or of text"
        )
    return shape, check_size(path, shape, dtype.itemsize), stream.tell()


def _read_member(path: Path, archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> npt.NDArray[Any]:
    with archive.open(item) as stream:
        shape, n_bytes, header_bytes = read_npy_header(path, stream, item.filename)
    found = min(item.file_size - header_bytes, item.compress_size * DEFLATE_RATIO)
    if n_bytes != item.file_size - header_bytes or n_bytes > found:
        raise DataError(
            f"{path}: {item.filename} declares shape {shape}, {n_bytes:,} bytes, but holds at most"
            f" {max(found, 0):,}; the file is damaged: fetch or copy it again"
        )
    with archive.open(item) as stream:
        array: npt.NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return array


def _read_ours(path: Path, arrays: dict[str, npt.NDArray[Any]], options: ReadOptions) -> Digits:
    images = arrays["images"]
    if images.ndim != 3 or images.dtype != np.uint8:
        raise DataError(
            f"{path}: images of {images.dtype} and shape {images.shape} beside classes; expected"
            " uint8 of shape (n, height, width): convert them, or leave classes out"
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
            f"{path}: {key} of {values.dtype} and shape {values.shape}; expected one integer for"
            f" each of {n_images:,} images"
        )
    return values.astype(np.int64)


def _to_classes(
    path: Path, names: npt.NDArray[Any], labels: npt.NDArray[np.int64]
) -> tuple[str, ...]:
    classes = tuple(str(name) for name in names.ravel())
    lowest, largest = int(labels.min(initial=0)), int(labels.max(initial=-1))
    if lowest < -1 or largest >= len(classes):
        raise DataError(
            f"{path}: labels from {lowest} to {largest} with {len(classes)} classes; they count"
            " from 0, and -1 means none"
        )
    return classes
