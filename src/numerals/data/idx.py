"""IDX, the format of MNIST: a magic number, the sizes, then the values, all big-endian.

A data set is a pair of files in one folder: images (``train-images-idx3-ubyte.gz``) and labels
(``train-labels-idx1-ubyte.gz``).
"""

import gzip
import re
import struct
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from numerals.data.bounded_files import (
    DEFLATE_RATIO,
    check_size,
    gzip_stream,
    open_bytes,
    read_head,
)
from numerals.data.class_names import classes_for_labels
from numerals.data.file_options import DEFAULT_OPTIONS, FileOptions
from numerals.data.label_values import Labels
from numerals.data.named_arrays import digits_of_arrays
from numerals.errors import DataError
from numerals.files import open_all_atomic
from numerals.records import Digits
from numerals.untrusted import reads_untrusted

_DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CODES = {np.dtype(name).newbyteorder("="): code for code, name in _DTYPES.items()}
_MAX_IDX_DIMENSIONS = 8
_CHUNK_BYTES = 1 << 22


@reads_untrusted()
def read_idx(path: str | Path) -> npt.NDArray[Any]:
    """Read one IDX file, plain or gzip.

    Parameters
    ----------
    path : str or Path
        The file; gzip is detected from the content.

    Returns
    -------
    ndarray
        In native byte order.

    Raises
    ------
    DataError
        If the magic number is wrong, or the file is shorter or longer than its header declares.
    DataNotFoundError
        If the file does not exist.

    References
    ----------
    LeCun, Cortes, Burges: The MNIST database, section on the file formats.
    """
    path = Path(path)
    with open_bytes(path) as stream:
        dtype, shape = _read_header(path, stream)
        n_bytes = check_size(path, shape, dtype.itemsize)
        _check_length(path, stream, n_bytes)
        array = np.empty(shape, dtype)
        _fill(path, stream, array.reshape(-1).view(np.uint8))
    return array if dtype.isnative else array.astype(dtype.newbyteorder("="))


def write_idx(path: str | Path, array: npt.NDArray[Any]) -> None:
    """Write an array as IDX, through gzip if the name ends in ``.gz``.

    Parameters
    ----------
    path : str or Path
        The file to write; an existing file is replaced atomically.
    array : ndarray of uint8, int8, int16, int32, float32 or float64

    Raises
    ------
    DataError
        If IDX has no code for the dtype of the array.
    """
    _write_all({Path(path): array})


def _write_all(arrays: dict[Path, npt.NDArray[Any]]) -> None:
    """Write all files, or none if one of them fails."""
    headers = [_header(path, array) for path, array in arrays.items()]
    with open_all_atomic(*arrays) as files:
        for file, header, (path, array) in zip(files, headers, arrays.items(), strict=True):
            with gzip_stream(file, enabled=path.suffix == ".gz") as stream:
                stream.write(header)
                stream.write(array.astype(_DTYPES[header[2]]).tobytes())


def _header(path: Path, array: npt.NDArray[Any]) -> bytes:
    code = _CODES.get(array.dtype.newbyteorder("="))
    if code is None or not 1 <= array.ndim <= _MAX_IDX_DIMENSIONS:
        raise DataError(
            f"{path}: IDX cannot hold {array.dtype} in {array.ndim} dimensions, expected uint8,"
            f" int8, int16, int32, float32 or float64 in 1 to {_MAX_IDX_DIMENSIONS}; convert"
            " the array"
        )
    return struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape)


def is_idx(path: Path) -> bool:
    """Return whether a file starts with a magic number of IDX."""
    head = read_head(path, 4)
    return len(head) == 4 and head[:2] == b"\0\0" and head[2] in _DTYPES and head[3] > 0


def read_idx_digits(path: str | Path, options: FileOptions = DEFAULT_OPTIONS) -> Digits:
    """Read IDX images, and their labels from the second file of the pair.

    Parameters
    ----------
    path : str or Path
        The images, such as ``train-images-idx3-ubyte.gz``. The name of the label file is derived
        from it. If that file does not exist, the digits are unlabelled.
    options : FileOptions
        Scale and polarity of the pixels.

    Returns
    -------
    Digits

    Raises
    ------
    DataError
        If the file does not hold images, or there is not one label for each image.
    DataNotFoundError
        If the file does not exist.
    """
    path = Path(path)
    images = read_idx(path)
    if images.ndim == 1:
        raise DataError(
            f"{path}: got {images.dtype} in 1 dimension, expected images, uint8 in 3 dimensions;"
            " name the images file (...-images-idx3-ubyte), not its labels"
        )
    labels, notes = _read_labels(path, len(images), options)
    class_labels = Labels(labels, classes_for_labels(path, labels))
    if images.dtype == np.uint8 and options.scale is None:  # 0 to 255 by definition
        options = replace(options, scale=(0, 255))
    return digits_of_arrays(path, images, class_labels, options, notes)


def write_idx_digits(digits: Digits, path: str | Path) -> None:
    """Write digits as a pair of IDX files; for unlabelled digits only the images.

    IDX stores no class names: labels are indices into ``digits.classes``.

    Parameters
    ----------
    digits : Digits
    path : str or Path
        The file of the images; its name must contain ``images-idx3-ubyte``.

    Raises
    ------
    DataError
        If the name of the label file cannot be derived, or only some digits have a label.
    """
    path = Path(path)
    labels_path = labels_path_of(path)
    if labels_path is None:
        raise DataError(
            f"{path}: got a name from which that of the label file cannot be derived, expected one"
            " that ends in -images-idx3-ubyte or -images-idx3-ubyte.gz; write"
            " train-images-idx3-ubyte.gz, for example"
        )
    unlabelled = digits.labels < 0
    arrays: dict[Path, npt.NDArray[Any]] = {path: digits.images}
    if not unlabelled.any() and len(digits):
        arrays[labels_path] = digits.labels.astype(_label_dtype(path, digits.labels))
    elif not unlabelled.all():
        raise DataError(
            f"{path}: {int(unlabelled.sum()):,} of {len(digits):,} digits have no label, and IDX"
            " has no value for that; write npz instead, or drop them"
        )
    _write_all(arrays)


def labels_path_of(path: Path) -> Path | None:
    """Return the path of the label file of an images file; None if it cannot be derived."""
    name = re.sub(r"images(?=[-.]idx3)", "labels", path.name)
    name = re.sub(r"^X_", "y_", name).replace("idx3", "idx1")
    is_label_name = name != path.name and ("labels" in name or name.startswith("y_"))
    return path.with_name(name) if is_label_name and "idx1" in name else None


def _read_labels(
    path: Path, n_images: int, options: FileOptions
) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    labels_path = None if options.label_column == "none" else _find_labels(path)
    if labels_path is None:
        expected = labels_path_of(path)
        notes = (f"no labels: {expected.name} is not beside it",) if expected else ()
        return np.full(n_images, -1, np.int64), notes
    labels = read_idx(labels_path)
    if labels.shape != (n_images,) or labels.dtype.kind not in "iu":
        raise DataError(
            f"{labels_path}: got {labels.dtype} of shape {labels.shape}, expected one integer"
            f" for each of the {n_images:,} images in {path.name}; use files of the same split"
        )
    return labels.astype(np.int64), ()


def _find_labels(path: Path) -> Path | None:
    labels_path = labels_path_of(path)
    if labels_path is None:
        return None
    bare = labels_path.name.removesuffix(".gz")
    candidates = (labels_path, labels_path.with_name(bare), labels_path.with_name(bare + ".gz"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _label_dtype(path: Path, labels: npt.NDArray[np.int64]) -> str:
    max_label = int(labels.max())
    if max_label > np.iinfo(np.int32).max:
        raise DataError(
            f"{path}: got label {max_label}, expected at most {np.iinfo(np.int32).max}; number the"
            " classes from 0"
        )
    return "u1" if max_label < 256 else "i4"


def _read_header(path: Path, stream: IO[bytes]) -> tuple[np.dtype[Any], tuple[int, ...]]:
    magic = stream.read(4)
    code = magic[2] if len(magic) == 4 and magic[:2] == b"\0\0" else -1
    if code not in _DTYPES or not 1 <= magic[3] <= _MAX_IDX_DIMENSIONS:
        raise DataError(
            f"{path}: got magic number {magic.hex() or 'of an empty file'}, expected 0000, a"
            f" dtype (08 to 0e) and 1 to {_MAX_IDX_DIMENSIONS} dimensions; it is not an IDX file:"
            " check the path, or fetch it again"
        )
    sizes = stream.read(4 * magic[3])
    if len(sizes) != 4 * magic[3]:
        raise DataError(f"{path}: the header is truncated; fetch or copy the file again")
    return np.dtype(_DTYPES[code]), struct.unpack(f">{magic[3]}I", sizes)


def _check_length(path: Path, stream: IO[bytes], n_bytes: int) -> None:
    """Compare the declared size with the length of the file before memory is allocated."""
    length = path.stat().st_size
    if isinstance(stream, gzip.GzipFile):  # the length of its content is not known yet
        if n_bytes > length * DEFLATE_RATIO:
            raise DataError(_length_message(path, n_bytes, "less"))
    elif length - stream.tell() != n_bytes:
        raise DataError(_length_message(path, n_bytes, f"{length - stream.tell():,}"))


def _fill(path: Path, stream: IO[bytes], values: npt.NDArray[np.uint8]) -> None:
    """Read in chunks, so that a large file is not held in memory twice."""
    n_read = 0
    while chunk := stream.read(_CHUNK_BYTES):
        if n_read + len(chunk) > values.size:
            raise DataError(_length_message(path, values.size, "more"))
        values[n_read : n_read + len(chunk)] = np.frombuffer(chunk, np.uint8)
        n_read += len(chunk)
    if n_read != values.size:
        raise DataError(_length_message(path, values.size, f"{n_read:,}"))


def _length_message(path: Path, n_bytes: int, actual: str) -> str:
    return (
        f"{path}: the header declares {n_bytes:,} bytes of values, but the file holds {actual};"
        " it is damaged or truncated: fetch or copy it again"
    )
