"""``mnist.pkl.gz`` of the deep-learning tutorial, read without executing code from the file.

The file is a pickle of ``((images, labels), (images, labels), (images, labels))`` for training,
validation and test, with images as float32 in [0, 1] of shape (n, 784). Unpickling calls the
functions that a file names. This reader therefore checks the opcodes first, and maps the few names
that NumPy arrays need to inert records, which become arrays after their sizes are checked. All
other names are refused.
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

from numerals.data.bounded_files import gzip_stream, read_all, read_head
from numerals.data.class_names import classes_for_labels
from numerals.errors import DataError, UnknownNameError
from numerals.files import open_atomic
from numerals.records import Digits
from numerals.untrusted import reads_untrusted

MNIST_PICKLE_SPLITS = ("train", "validation", "test")
"""The splits in the order of the tuple."""

_MAX_PICKLE_BYTES = 1 << 29  # decompressed; the published file has 220 MB
_MAX_OPCODES = 2_000_000
_MAX_PICKLE_DIMENSIONS = 4
_NUMBER = re.compile(r"[|<>=]?[fiub](1|2|4|8)")
_FORBIDDEN_OPCODES = {"INST", "OBJ", "NEWOBJ_EX", "PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4"}


@dataclass
class _Dtype:
    """The state of a dtype in a pickle, before it is checked."""

    kind: Any = ""
    order: Any = "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = state[1]

    def to_numpy(self) -> np.dtype[Any]:
        """Return the dtype if it is numeric.

        Raises
        ------
        ValueError
            Otherwise.
        """
        kind, order = _text(self.kind), _text(self.order)
        if not _NUMBER.fullmatch(kind) or order not in "<>=|" or not order:
            raise ValueError(f"an array of dtype {kind!r} instead of numbers")
        return np.dtype(kind).newbyteorder(order)  # type: ignore[arg-type]


class _Array:
    """The state of an array in a pickle, before it is checked."""

    state: tuple[Any, ...] = ()

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.state = state

    def to_numpy(self) -> npt.NDArray[Any]:
        """Return the array if its dtype is numeric and its shape matches its bytes.

        Raises
        ------
        ValueError
            Otherwise.
        """
        _, shape, dtype, is_fortran, content = self.state
        if not isinstance(dtype, _Dtype) or not isinstance(content, str | bytes):
            raise ValueError("an array of objects instead of numbers")
        content = content.encode("latin1") if isinstance(content, str) else content
        numpy_dtype = dtype.to_numpy()
        if len(shape) > _MAX_PICKLE_DIMENSIONS or not all(type(n) is int for n in shape):
            raise ValueError(f"an array of {len(shape)} dimensions")
        if any(not 0 <= length < 2**31 for length in shape):
            raise ValueError(f"an array of shape {shape}")
        if math.prod(shape) * numpy_dtype.itemsize != len(content):
            raise ValueError(f"an array of shape {shape} in {len(content):,} bytes")
        return np.frombuffer(content, numpy_dtype).reshape(shape, order="F" if is_fortran else "C")


def _reconstruct(*_: Any) -> _Array:
    return _Array()  # the state has shape and dtype; the arguments are not used


def _dtype(kind: Any, *_: Any) -> _Dtype:
    return _Dtype(kind)


def _scalar(dtype: _Dtype, content: bytes | str) -> Any:
    array = _Array()
    array.state = (1, (), dtype, False, content)
    return array.to_numpy().item()


def _empty() -> bytes:
    return b""


_ALLOWED_NAMES: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _dtype,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy.core.multiarray", "scalar"): _scalar,
    ("numpy._core.multiarray", "scalar"): _scalar,
    ("__builtin__", "bytes"): _empty,  # older protocols write empty bytes as a call
}


class _ArrayUnpickler(pickle.Unpickler):
    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="latin1")
        self._bytes_left = len(content)  # upper bound for what `_encode` may return in all

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("_codecs", "encode"):
            return self._encode
        try:
            return _ALLOWED_NAMES[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"the name {module}.{name}") from None

    def _encode(self, text: str, encoding: str = "latin1") -> bytes:
        """Encode a text, unless the same one has been encoded until it fills the memory."""
        self._bytes_left -= len(text)
        if self._bytes_left < 0:
            raise pickle.UnpicklingError("strings that are encoded repeatedly")
        if _text(encoding) != "latin1":
            raise pickle.UnpicklingError(f"encoding {encoding!r}")
        return text.encode("latin1")


@reads_untrusted()
def read_mnist_pickle(path: str | Path, split: str = "train") -> Digits:
    """Read one split of ``mnist.pkl.gz``, pickled by Python 2 or 3.

    Parameters
    ----------
    path : str or Path
        A plain or gzip file.
    split : {"train", "validation", "test"}, default="train"

    Returns
    -------
    Digits

    Raises
    ------
    DataError
        If the file holds anything but NumPy arrays of numbers in the expected structure.
    DataNotFoundError
        If the file does not exist.
    UnknownNameError
        If there is no such split.
    """
    path = Path(path)
    if split not in MNIST_PICKLE_SPLITS:
        raise UnknownNameError("split", split, MNIST_PICKLE_SPLITS)
    content = _unpickle(path, read_all(path, max_bytes=_MAX_PICKLE_BYTES))
    try:
        images, labels = content[MNIST_PICKLE_SPLITS.index(split)]
        pixels, indices = _to_images(_to_numpy(images)), _to_labels(_to_numpy(labels))
        if len(content) != len(MNIST_PICKLE_SPLITS) or len(pixels) != len(indices):
            raise ValueError(f"{len(content)} parts; {len(pixels)} images, {len(indices)} labels")
    except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
        raise DataError(
            f"{path}: got {error}, expected three pairs of images, float (n, 784) in [0, 1], and"
            " labels (n,); it is not the mnist.pkl.gz of the deep-learning tutorial: fetch it again"
        ) from error
    return Digits(pixels, indices, classes_for_labels(path, indices), name=path.name.split(".")[0])


def write_mnist_pickle(digits: Digits, path: str | Path) -> None:
    """Write digits as the first of the three splits; the other two are empty.

    Parameters
    ----------
    digits : Digits
        Square images.
    path : str or Path
        The file to write, through gzip if its name ends in ``.gz``.

    Raises
    ------
    DataError
        If the images are not square, since the format does not store height and width.
    """
    path = Path(path)
    n_images, height, width = digits.images.shape
    if height != width:
        raise DataError(
            f"{path}: got images of {height}x{width} pixels, expected square images; write npz"
        )
    images = digits.images.reshape(n_images, height * width).astype(np.float32) / np.float32(256)
    empty = (images[:0], digits.labels[:0])
    splits = ((images, digits.labels), empty, empty)
    with open_atomic(path) as file, gzip_stream(file, enabled=path.suffix == ".gz") as stream:
        pickle.dump(splits, stream, protocol=2)


def is_mnist_pickle(path: Path) -> bool:
    """Return whether a file is named as a pickle and starts as one."""
    is_named = ".pkl" in path.suffixes or ".pickle" in path.suffixes
    return is_named and read_head(path, 1) in (b"\x80", b"(")


def _unpickle(path: Path, content: bytes) -> Any:
    try:
        _check_opcodes(content)
        return _ArrayUnpickler(content).load()
    except Exception as error:  # a hostile pickle may raise anything
        raise DataError(
            f"{path}: got {error}, expected a pickle of NumPy arrays of numbers and nothing else;"
            " do not open this file with other programs unless you trust it"
        ) from error


def _check_opcodes(content: bytes) -> None:
    """Refuse opcodes that could execute code or allocate more memory than the file has bytes."""
    for count, (opcode, argument, _) in enumerate(pickletools.genops(content)):
        if opcode.name in _FORBIDDEN_OPCODES:
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
    raise ValueError(f"{type(value).__name__.lstrip('_')} instead of an array")


def _to_images(pixels: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    side = math.isqrt(pixels.shape[1]) if pixels.ndim == 2 else 0
    if side == 0 or side**2 != pixels.shape[1] or pixels.dtype.kind != "f":
        raise ValueError(f"images of {pixels.dtype} and shape {pixels.shape}")
    if not ((pixels >= 0) & (pixels <= 1)).all():
        raise ValueError("pixels outside [0, 1]")
    # The tutorial divided by 256; newer files often divide by 255.
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
