"""MATLAB's ``.mat`` files of versions 5 to 7: numeric arrays, and structs such as EMNIST's.

SciPy's reader is not used because it crashes the process on damaged files. Cells, objects,
functions, and sparse or complex arrays are skipped. Files of version 7.3 are HDF5: see
`numerals.data.hdf5`.

References
----------
MathWorks: MAT-File Format, version 5.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.bounded_files import (
    MAX_DATA_BYTES,
    check_size,
    raw_head,
    read_all,
    translate_read_errors,
)
from numerals.data.file_options import DEFAULT_OPTIONS, FileOptions
from numerals.data.named_arrays import read_chosen
from numerals.records import Digits

_MAT_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_DTYPES = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
_STRUCT, _CHAR, _DOUBLE, _UINT64 = 2, 4, 6, 15  # array classes; 6 to 15 are numeric
_TEXT_CODECS = {1: "utf-8", 2: "utf-8", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
_COMPLEX = 0x0800
_MAX_STRUCT_DEPTH = 6  # nested structs
_MAX_ARRAYS = 1000


@dataclass(frozen=True)
class _Element:
    """One data element: its type code and its bytes."""

    type_code: int
    content: memoryview


def read_mat(path: str | Path, options: FileOptions = DEFAULT_OPTIONS) -> Digits:
    """Read digits from a ``.mat`` file.

    Parameters
    ----------
    path : str or Path
        A file with arrays such as ``X`` and ``y``, or ``data`` and ``label``; or with structs of
        them, such as EMNIST's ``dataset.train.images``.
    options : FileOptions
        The split, the names of the arrays (``dataset/train/images``), and scale and polarity of
        the pixels.

    Returns
    -------
    Digits
        Images as stored: those of EMNIST are transposed.

    Raises
    ------
    DataError
        If an array is missing or has a wrong shape, or the file is damaged.
    DataNotFoundError
        If the file does not exist.
    """
    path = Path(path)
    arrays = _read_arrays(path)
    shapes = {name: array.shape for name, array in arrays.items()}
    return read_chosen(path, shapes, arrays.__getitem__, options)


def is_mat(path: Path) -> bool:
    """Return whether a file has the header of a ``.mat`` file of version 5 to 7."""
    return raw_head(path, _MAT_HEADER_BYTES)[124:] in (b"\x00\x01IM", b"\x01\x00MI")


def _read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    content = memoryview(read_all(path))
    order = "<" if bytes(content[126:128]) == b"IM" else ">"
    arrays: dict[str, npt.NDArray[Any]] = {}
    n_bytes = 0
    errors = (struct.error, ValueError, IndexError, zlib.error, OverflowError)
    with translate_read_errors(path, "a .mat file", errors):
        for element in _elements(content[_MAT_HEADER_BYTES:], order):
            if element.type_code == _COMPRESSED:
                element = _decompress(path, element.content, order)
            n_bytes += len(element.content)
            check_size(path, (n_bytes,), 1)
            if element.type_code == _MATRIX:
                _collect_arrays("", element.content, order, arrays, _MAX_STRUCT_DEPTH)
    return arrays


def _decompress(path: Path, content: memoryview, order: str) -> _Element:
    inflater = zlib.decompressobj()
    unpacked = inflater.decompress(content, MAX_DATA_BYTES + 1)
    check_size(path, (len(unpacked),), 1)
    return next(_elements(memoryview(unpacked), order))


def _elements(content: memoryview, order: str) -> Iterator[_Element]:
    """Yield consecutive elements; each is padded to 8 bytes."""
    position = 0
    while position + 8 <= len(content):
        type_code, n_bytes = struct.unpack_from(f"{order}II", content, position)
        if type_code >> 16:  # the small format: the tag contains the bytes
            type_code, n_bytes, start = type_code & 0xFFFF, type_code >> 16, position + 4
            if n_bytes > 4:
                raise ValueError(f"a small element of {n_bytes} bytes")
            position += 8
        else:
            start = position + 8
            position = start + n_bytes
            position += 0 if type_code == _COMPRESSED else -n_bytes % 8
        if start + n_bytes > len(content):
            raise ValueError(f"an element of {n_bytes:,} bytes is truncated")
        yield _Element(type_code, content[start : start + n_bytes])


def _collect_arrays(
    name: str, matrix: memoryview, order: str, arrays: dict[str, npt.NDArray[Any]], depth: int
) -> None:
    """Add an array to `arrays`, or the arrays of a struct under the names ``outer/inner``."""
    elements = _elements(matrix, order)
    (flags,) = struct.unpack_from(f"{order}I", next(elements, _EMPTY).content)
    shape = tuple(_numbers(next(elements, _EMPTY), order).tolist())
    own_name = _text(next(elements, _EMPTY), order)
    name = name or own_name
    array_class = flags & 0xFF
    if len(arrays) >= _MAX_ARRAYS:
        raise ValueError(f"more than {_MAX_ARRAYS} arrays")
    if array_class == _STRUCT and math.prod(shape) == 1 and depth:
        for field, element in zip(_field_names(elements, order), elements, strict=False):
            if element.type_code == _MATRIX and len(element.content):
                _collect_arrays(f"{name}/{field}", element.content, order, arrays, depth - 1)
    elif _DOUBLE <= array_class <= _UINT64 and not flags & _COMPLEX:
        arrays[name] = _array(_numbers(next(elements, _EMPTY), order), shape)
    elif array_class == _CHAR:
        rows = _text(next(elements, _EMPTY), order)
        arrays[name] = _array(np.array(list(rows)), shape)


_EMPTY = _Element(0, memoryview(b""))


def _field_names(elements: Iterator[_Element], order: str) -> list[str]:
    length = int(_numbers(next(elements, _EMPTY), order)[0])
    text = bytes(next(elements, _EMPTY).content)
    if not 0 < length <= 64:
        raise ValueError(f"field names of {length} bytes")
    names = [text[start : start + length] for start in range(0, len(text), length)]
    return [name.split(b"\0")[0].decode("utf-8", errors="replace") for name in names]


def _numbers(element: _Element, order: str) -> npt.NDArray[Any]:
    if element.type_code not in _DTYPES:
        raise ValueError(f"an element of type {element.type_code} instead of numbers")
    return np.frombuffer(element.content, order + _DTYPES[element.type_code])


def _text(element: _Element, order: str) -> str:
    codec = _TEXT_CODECS.get(element.type_code, "utf-8")
    if codec != "utf-8":
        codec += "-le" if order == "<" else "-be"
    return bytes(element.content).decode(codec, errors="replace")


def _array(values: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Reshape values in MATLAB's order, column by column."""
    if not 2 <= len(shape) <= 8 or min(shape) < 0 or math.prod(shape) != values.size:
        raise ValueError(f"{values.size:,} values for an array of shape {shape}")
    return values.reshape(shape, order="F")
