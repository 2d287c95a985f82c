"""NumPy archives: ours (``images``, ``labels``, ``classes``, ``writers``), Keras', CMATERdb's.

Pickled objects are never loaded. The shapes that the archive declares are checked before any
array is read.
"""

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.files import DEFLATE_RATIO, check_size, open_for_replace
from numerals.data.scripts import classes_for_labels
from numerals.errors import DataError, DataNotFoundError, UnknownNameError
from numerals.records import Digits
from numerals.untrusted import reads_untrusted

_SPLIT_KEYS = {"train": ("x_train", "y_train"), "test": ("x_test", "y_test")}
_IMAGE_KEYS = ("images", "X", "x", "data", "arr_0")
_LABEL_KEYS = ("labels", "y", "target", "arr_1")
_BRIGHT = 128  # the border of a picture of dark ink on paper is brighter than this


def read_npz(path: str | Path, split: str = "train") -> Digits:
    """Read digits from an ``.npz`` archive.

    Parameters
    ----------
    path : str or Path
        The archive. Understood are the keys ``images``, ``labels`` (and ``classes``, ``writers``,
        ``name``, ``script``) that `write_npz` writes, ``x_train``, ``y_train``, ``x_test``,
        ``y_test`` as in Keras' ``mnist.npz``, and a few usual variants.
    split : {"train", "test"}, default="train"
        Which part, where the archive has two.

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
    """
    path = Path(path)
    arrays = read_arrays(path)
    image_key, label_key = _choose_keys(path, arrays, split)
    images = _to_images(path, arrays[image_key])
    if "classes" not in arrays:
        images = _ink_bright(images)
    labels = _to_integers(path, label_key, arrays.get(label_key), len(images))
    classes = _to_classes(path, arrays, labels)
    writers = arrays.get("writers")
    return Digits(
        images,
        labels,
        classes,
        name=str(arrays.get("name", path.stem)),
        script=str(arrays.get("script", "latin")),
        writers=None if writers is None else _to_integers(path, "writers", writers, len(images)),
    )


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
    except (zipfile.BadZipFile, OSError, ValueError):
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


def _read_member(path: Path, archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> npt.NDArray[Any]:
    with archive.open(item) as stream:
        version = np.lib.format.read_magic(stream)
        read_header = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read_header(stream)
        header_bytes = stream.tell()
    if dtype.hasobject:
        raise DataError(
            f"{path}: {item.filename} holds Python objects, which are never loaded; save it as an"
            " array of numbers or of text"
        )
    n_bytes = check_size(path, shape, dtype.itemsize)
    found = min(item.file_size - header_bytes, item.compress_size * DEFLATE_RATIO)
    if n_bytes != item.file_size - header_bytes or n_bytes > found:
        raise DataError(
            f"{path}: {item.filename} declares shape {shape}, {n_bytes:,} bytes, but holds at most"
            f" {max(found, 0):,}; the file is damaged: fetch or copy it again"
        )
    with archive.open(item) as stream:
        array: npt.NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return array


def _choose_keys(path: Path, arrays: dict[str, Any], split: str) -> tuple[str, str]:
    if any(image_key in arrays for image_key, _ in _SPLIT_KEYS.values()):
        if split not in _SPLIT_KEYS or _SPLIT_KEYS[split][0] not in arrays:
            raise UnknownNameError("split", split, _SPLIT_KEYS)
        return _SPLIT_KEYS[split]
    image_key = next((key for key in _IMAGE_KEYS if key in arrays), None)
    if image_key is None:
        found = ", ".join(sorted(arrays)) or "no arrays"
        raise DataError(
            f"{path}: found {found}; expected images and labels, or x_train, y_train, x_test,"
            " y_test: rename the arrays"
        )
    return image_key, next((key for key in _LABEL_KEYS if key in arrays), "labels")


def _to_images(path: Path, images: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    if images.ndim == 4 and images.shape[3] in (1, 3) and images.dtype == np.uint8:
        if images.shape[3] == 1:
            return np.ascontiguousarray(images[..., 0])
        # The weights of ITU-R BT.601, as every grey conversion of a photograph uses them.
        grey = images @ np.array([0.299, 0.587, 0.114], np.float32)
        return np.asarray(np.rint(grey), np.uint8)
    if images.ndim == 3 and images.dtype == np.uint8:
        return np.asarray(images, np.uint8)
    raise DataError(
        f"{path}: images of {images.dtype} and shape {images.shape}; expected uint8 of shape"
        " (n, height, width) or (n, height, width, 3): convert them"
    )


def _ink_bright(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    if images.size == 0:
        return images
    border = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
    brightness = np.median(np.concatenate(border, axis=1))
    return np.invert(images) if brightness >= _BRIGHT else images


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
    path: Path, arrays: dict[str, npt.NDArray[Any]], labels: npt.NDArray[np.int64]
) -> tuple[str, ...]:
    if "classes" not in arrays:
        return classes_for_labels(path, labels)
    classes = tuple(str(name) for name in arrays["classes"].ravel())
    lowest, largest = int(labels.min(initial=0)), int(labels.max(initial=-1))
    if lowest < -1 or largest >= len(classes):
        raise DataError(
            f"{path}: labels from {lowest} to {largest} with {len(classes)} classes; they count"
            " from 0, and -1 means none"
        )
    return classes
