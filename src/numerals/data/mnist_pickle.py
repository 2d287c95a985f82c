"""``mnist.pkl.gz`` of the deep-learning tutorial, read without running anything in it.

The file is a pickle of ``((images, labels), (images, labels), (images, labels))``: training,
validation and test, images as float32 in 0..1 of shape (n, 784). Unpickling runs what the file
names. Here the opcodes are checked first, and the few names that NumPy arrays need stand for
inert records of ours, which become arrays after their sizes are checked. Nothing else is admitted.
"""

import io
import math
import pickle
import pickletools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.data_files import compressed, read_all, read_head
from numerals.errors import DataError, UnknownNameError
from numerals.files import open_for_replace
from numerals.records import Digits
from numerals.scripts import classes_for_labels
from numerals.untrusted import reads_untrusted

SPLITS = ("train", "validation", "test")
"""The tuple's three parts, in order."""

_MAX_BYTES = 1 << 29  # decompressed; MNIST's own is 220 MB
_MAX_OPCODES = 2_000_000
_MAX_DIMENSIONS = 4
_NUMBER = re.compile(r"[|<>=]?[fiub](1|2|4|8)")
_FORBIDDEN = {"INST", "OBJ", "NEWOBJ_EX", "PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4"}


@dataclass
class _Dtype:
    """What a pickle says of a dtype, before it is believed."""

    kind: Any = ""
    order: Any = "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = state[1]

    def to_numpy(self) -> np.dtype[Any]:
        """Return the dtype if it is one of plain numbers."""
        kind, order = _text(self.kind), _text(self.order)
        if not _NUMBER.fullmatch(kind) or order not in "<>=|" or not order:
            raise ValueError(f"an array of dtype {kind!r}, where only numbers are admitted")
        return np.dtype(kind).newbyteorder(order)  # type: ignore[arg-type]


class _Array:
    """What a pickle says of an array, before it is believed."""

    state: tuple[Any, ...] = ()

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.state = state

    def to_numpy(self) -> npt.NDArray[Any]:
        """Return the array if its shape fits its bytes."""
        _, shape, dtype, is_fortran, content = self.state
        if not isinstance(dtype, _Dtype) or not isinstance(content, str | bytes):
            raise ValueError("an array of objects, where only numbers are admitted")
        content = content.encode("latin1") if isinstance(content, str) else content
        numbers = dtype.to_numpy()
        if len(shape) > _MAX_DIMENSIONS or not all(type(n) is int for n in shape):
            raise ValueError(f"an array of {len(shape)} dimensions")
        if any(not 0 <= length < 2**31 for length in shape):
            raise ValueError("an array with a length that no file can hold")
        if math.prod(shape) * numbers.itemsize != len(content):
            raise ValueError(f"an array of shape {shape} in {len(content):,} bytes")
        return np.frombuffer(content, numbers).reshape(shape, order="F" if is_fortran else "C")


def _reconstruct(*_: Any) -> _Array:
    return _Array()  # shape and dtype come with the state; those given here may lie


def _dtype(kind: Any, *_: Any) -> _Dtype:
    return _Dtype(kind)


def _scalar(dtype: _Dtype, content: bytes | str) -> Any:
    array = _Array()
    array.state = (1, (), dtype, False, content)
    return array.to_numpy().item()


def _empty() -> bytes:
    return b""


_ADMITTED: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _dtype,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy.core.multiarray", "scalar"): _scalar,
    ("numpy._core.multiarray", "scalar"): _scalar,
    ("__builtin__", "bytes"): _empty,  # how the older protocols write bytes of length 0
}


class _ArrayUnpickler(pickle.Unpickler):
    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="latin1")
        self._left = len(content)  # bytes that texts of the file may come to

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("_codecs", "encode"):
            return self._encode
        try:
            return _ADMITTED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"the name {module}.{name}") from None

    def _encode(self, text: str, encoding: str = "latin1") -> bytes:
        """Encode a text, unless the same one has been encoded until it fills the memory."""
        self._left -= len(text)
        if self._left < 0:
            raise pickle.UnpicklingError("texts that are encoded again and again")
        if _text(encoding) != "latin1":
            raise pickle.UnpicklingError(f"encoding {encoding!r}")
        return text.encode("latin1")


@reads_untrusted()
def read_mnist_pickle(path: str | Path, split: str = "train") -> Digits:
    """Read one split of ``mnist.pkl.gz``, of Python 2 or 3.

    Parameters
    ----------
    path : str or Path
        The file, gzip or plain.
    split : {"train", "validation", "test"}, default="train"
        Which part of the tuple.

    Returns
    -------
    Digits

    Raises
    ------
    DataError
        If the file holds anything but NumPy arrays of numbers in that arrangement.
    DataNotFoundError
        If there is no such file.
    """
    path = Path(path)
    if split not in SPLITS:
        raise UnknownNameError("split", split, SPLITS)
    content = _unpickle(path, read_all(path, max_bytes=_MAX_BYTES))
    try:
        images, labels = content[SPLITS.index(split)]
        pixels, indices = _to_images(_to_numpy(images)), _to_labels(_to_numpy(labels))
        if len(content) != len(SPLITS) or len(pixels) != len(indices):
            raise ValueError(f"{len(content)} parts; {len(pixels)} images, {len(indices)} labels")
    except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
        raise DataError(
            f"{path}: found {error}; expected three pairs of images, float (n, 784) in 0..1, and"
            " labels (n,): this is not mnist.pkl.gz as the deep-learning tutorial has it"
        ) from error
    return Digits(pixels, indices, classes_for_labels(path, indices), name=path.name.split(".")[0])


def write_mnist_pickle(digits: Digits, path: str | Path) -> None:
    """Write digits as the first of the three splits; the other two stay empty.

    Parameters
    ----------
    digits : Digits
        Square pictures.
    path : str or Path
        The file to write, through gzip where its name ends in ``.gz``.

    Raises
    ------
    DataError
        If the pictures are not square: the format has no place for height and width.
    """
    path = Path(path)
    n_images, height, width = digits.images.shape
    if height != width:
        raise DataError(f"{path}: pictures of {height}x{width}; this format holds square ones only")
    images = digits.images.reshape(n_images, height * width).astype(np.float32) / np.float32(256)
    nothing = (images[:0], digits.labels[:0])
    parts = ((images, digits.labels), nothing, nothing)
    with open_for_replace(path) as file, compressed(file, when=path.suffix == ".gz") as stream:
        pickle.dump(parts, stream, protocol=2)


def is_mnist_pickle(path: Path) -> bool:
    """Tell whether a file begins as a pickle does and is named as one."""
    named = ".pkl" in path.suffixes or ".pickle" in path.suffixes
    return named and read_head(path, 1) in (b"\x80", b"(")


def _unpickle(path: Path, content: bytes) -> Any:
    try:
        _check_opcodes(content)
        return _ArrayUnpickler(content).load()
    except Exception as error:  # a hostile pickle may raise anything
        raise DataError(
            f"{path}: found {error}; a pickle is read here only if it holds NumPy arrays of"
            " numbers and nothing else: do not open this file elsewhere unless you trust it"
        ) from error


def _check_opcodes(content: bytes) -> None:
    """Refuse what could run code or claim memory that the file does not fill."""
    for count, (opcode, argument, _) in enumerate(pickletools.genops(content)):
        if opcode.name in _FORBIDDEN:
            raise pickle.UnpicklingError(f"the opcode {opcode.name}")
        if count > _MAX_OPCODES:
            raise pickle.UnpicklingError(f"more than {_MAX_OPCODES:,} opcodes")
        if opcode.name.endswith("PUT") and int(argument or 0) > count:
            raise pickle.UnpicklingError(f"a memo index of {argument}")


def _to_numpy(value: Any) -> npt.NDArray[Any]:
    if isinstance(value, _Array):
        return value.to_numpy()
    if isinstance(value, list) and all(type(item) is int for item in value):
        return np.array(value, np.int64)
    raise ValueError(f"{type(value).__name__.lstrip('_')} where an array belongs")


def _to_images(pixels: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    side = math.isqrt(pixels.shape[1]) if pixels.ndim == 2 else 0
    if side == 0 or side**2 != pixels.shape[1] or pixels.dtype.kind != "f":
        raise ValueError(f"images of {pixels.dtype} and shape {pixels.shape}")
    if not ((pixels >= 0) & (pixels <= 1)).all():
        raise ValueError("pixels outside 0..1")
    # The tutorial divided by 256; files made since often divide by 255.
    scaled = pixels * 256
    by_256 = bool((scaled <= 255).all() and (scaled == np.rint(scaled)).all())
    images = np.asarray(np.rint(scaled if by_256 else pixels * 255), np.uint8)
    return images.reshape(len(pixels), side, side)


def _to_labels(labels: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise ValueError(f"labels of {labels.dtype} and shape {labels.shape}")
    return labels.astype(np.int64)


def _text(value: Any) -> str:
    return value.decode("latin1") if isinstance(value, bytes) else str(value)
