"""MATLAB's ``.mat`` of versions 5 to 7: plain arrays of numbers, and the struct of EMNIST.

Read here and not by SciPy, whose reader crashes the process on damaged files. Cells, objects,
functions and sparse or complex arrays are passed over. Files of version 7.3 are HDF5: see
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

from numerals.data.data_files import MAX_BYTES, check_size, read_all
from numerals.data.file_options import DEFAULT_OPTIONS, ReadOptions
from numerals.data.named_arrays import read_chosen
from numerals.errors import DataError
from numerals.records import Digits

_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_DTYPES = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
_STRUCT, _CHAR, _DOUBLE, _UINT64 = 2, 4, 6, 15  # classes of arrays; numbers from 6 to 15
_TEXT_CODECS = {1: "utf-8", 2: "utf-8", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
_COMPLEX = 0x0800
_MAX_DEPTH = 6  # structs within structs
_MAX_ARRAYS = 1000


@dataclass(frozen=True)
class _Element:
    """One data element: a type, and its bytes."""

    kind: int
    content: memoryview


def read_mat(path: str | Path, options: ReadOptions = DEFAULT_OPTIONS) -> Digits:
    """Read digits from a ``.mat`` file.

    Parameters
    ----------
    path : str or Path
        With arrays such as ``X`` and ``y``, ``data`` and ``label``; or structs of them, such as
        EMNIST's ``dataset.train.images``.
    options : ReadOptions
        The split, and what the arrays are called (``dataset/train/images``) and mean.

    Returns
    -------
    Digits
        As they are stored: EMNIST's pictures are transposed.

    Raises
    ------
    DataError
        If an array is missing or does not fit, or the file is damaged.
    DataNotFoundError
        If there is no such file.
    """
    path = Path(path)
    arrays = _read_arrays(path)
    shapes = {name: array.shape for name, array in arrays.items()}
    return read_chosen(path, shapes, arrays.__getitem__, options)


def is_mat(path: Path) -> bool:
    """Tell whether a file has the header of a ``.mat`` file of version 5 to 7."""
    try:
        with path.open("rb") as stream:
            return stream.read(_HEADER_BYTES)[124:] in (b"\x00\x01IM", b"\x01\x00MI")
    except OSError:
        return False


def _read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    content = memoryview(read_all(path))
    order = "<" if bytes(content[126:128]) == b"IM" else ">"
    found: dict[str, npt.NDArray[Any]] = {}
    n_bytes = 0
    try:
        for element in _elements(content[_HEADER_BYTES:], order):
            if element.kind == _COMPRESSED:
                element = _decompress(path, element.content, order)
            n_bytes += len(element.content)
            check_size(path, (n_bytes,), 1)
            if element.kind == _MATRIX:
                _collect("", element.content, order, found, _MAX_DEPTH)
    except (struct.error, ValueError, IndexError, zlib.error, OverflowError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{path}: not a .mat file that can be read ({error}); fetch or copy it again"
        ) from error
    return found


def _decompress(path: Path, content: memoryview, order: str) -> _Element:
    inflater = zlib.decompressobj()
    unpacked = inflater.decompress(content, MAX_BYTES + 1)
    check_size(path, (len(unpacked),), 1)
    return next(_elements(memoryview(unpacked), order))


def _elements(content: memoryview, order: str) -> Iterator[_Element]:
    """Yield the elements that stand one after the other; each is padded to 8 bytes."""
    position = 0
    while position + 8 <= len(content):
        kind, n_bytes = struct.unpack_from(f"{order}II", content, position)
        if kind >> 16:  # a small one: its bytes stand within the tag
            kind, n_bytes, start = kind & 0xFFFF, kind >> 16, position + 4
            if n_bytes > 4:
                raise ValueError(f"{n_bytes} bytes within a tag")
            position += 8
        else:
            start = position + 8
            position = start + n_bytes
            position += 0 if kind == _COMPRESSED else -n_bytes % 8
        if start + n_bytes > len(content):
            raise ValueError(f"an element of {n_bytes:,} bytes is cut short")
        yield _Element(kind, content[start : start + n_bytes])


def _collect(
    name: str, matrix: memoryview, order: str, found: dict[str, npt.NDArray[Any]], depth: int
) -> None:
    """Gather an array of numbers, or those within a struct as ``outer/inner``."""
    parts = _elements(matrix, order)
    (flags,) = struct.unpack_from(f"{order}I", next(parts, _NOTHING).content)
    shape = tuple(_numbers(next(parts, _NOTHING), order).tolist())
    own_name = _text(next(parts, _NOTHING), order)
    name = name or own_name
    kind = flags & 0xFF
    if len(found) >= _MAX_ARRAYS:
        raise ValueError(f"more than {_MAX_ARRAYS} arrays")
    if kind == _STRUCT and math.prod(shape) == 1 and depth:
        for field, part in zip(_field_names(parts, order), parts, strict=False):
            if part.kind == _MATRIX and len(part.content):
                _collect(f"{name}/{field}", part.content, order, found, depth - 1)
    elif _DOUBLE <= kind <= _UINT64 and not flags & _COMPLEX:
        found[name] = _array(_numbers(next(parts, _NOTHING), order), shape)
    elif kind == _CHAR:
        rows = _text(next(parts, _NOTHING), order)
        found[name] = _array(np.array(list(rows)), shape)


_NOTHING = _Element(0, memoryview(b""))


def _field_names(parts: Iterator[_Element], order: str) -> list[str]:
    length = int(_numbers(next(parts, _NOTHING), order)[0])
    text = bytes(next(parts, _NOTHING).content)
    if not 0 < length <= 64:
        raise ValueError(f"names of {length} bytes")
    names = [text[start : start + length] for start in range(0, len(text), length)]
    return [name.split(b"\0")[0].decode("utf-8", errors="replace") for name in names]


def _numbers(element: _Element, order: str) -> npt.NDArray[Any]:
    if element.kind not in _DTYPES:
        raise ValueError(f"type {element.kind} where numbers belong")
    return np.frombuffer(element.content, order + _DTYPES[element.kind])


def _text(element: _Element, order: str) -> str:
    codec = _TEXT_CODECS.get(element.kind, "utf-8")
    if codec != "utf-8":
        codec += "-le" if order == "<" else "-be"
    return bytes(element.content).decode(codec, errors="replace")


def _array(values: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Arrange values as MATLAB does, column by column."""
    if not 2 <= len(shape) <= 8 or min(shape) < 0 or math.prod(shape) != values.size:
        raise ValueError(f"{values.size:,} values of an array of shape {shape}")
    return values.reshape(shape, order="F")
