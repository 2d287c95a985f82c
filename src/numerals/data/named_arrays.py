"""Identify images and labels among the named arrays of npz, HDF5 and .mat files."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.file_options import FileOptions
from numerals.data.label_values import Labels, no_labels, to_labels
from numerals.data.pixel_arrays import (
    MIN_IMAGE_PIXELS,
    make_ink_bright,
    to_bytes,
    to_gray,
    to_pictures,
)
from numerals.data.split_names import choose_split, note_of_split, split_in_name
from numerals.errors import DataError
from numerals.records import Digits

_IMAGE_NAMES = ("images", "image", "x", "data", "pixels", "features", "inputs", "imgs", "arr_0")
_LABEL_NAMES = ("labels", "label", "y", "target", "targets", "class", "digit", "digits", "arr_1")


@dataclass(frozen=True)
class ArrayChoice:
    """The names of the arrays that hold the digits.

    Attributes
    ----------
    images : str
    labels : str, optional
        None if there are no labels.
    notes : tuple of str
        What was assumed.
    """

    images: str
    labels: str | None
    notes: tuple[str, ...] = ()


def choose_arrays(
    path: Path, shapes: Mapping[str, tuple[int, ...]], options: FileOptions
) -> ArrayChoice:
    """Choose images and labels by the options, by usual names, or by shape.

    Parameters
    ----------
    path : Path
        The file, for messages.
    shapes : mapping of str to tuple of int
        Name of each array -> its shape. Names may be paths: ``train/data``.
    options : FileOptions
        `image_column` and `label_column` override the usual names.

    Returns
    -------
    ArrayChoice

    Raises
    ------
    DataError
        If the images cannot be identified, or an array of the options does not exist.
    UnknownNameError
        If the requested split does not exist.
    """
    names, notes = _names_of_split(shapes, options)
    images = _given_name(path, options.image_column, shapes) or _first_of(_IMAGE_NAMES, names)
    if images is None:
        images = _only_images(names, shapes)
        notes += (f"pictures: {images}",) if images else ()
    if images is None:
        listed = ", ".join(f"{name} {shape}" for name, shape in sorted(shapes.items()))
        raise DataError(
            f"{path}: got {listed[:300] or 'no arrays'}, expected images and labels, or x_train,"
            " y_train, x_test, y_test; name them with --image-column and --label-column"
        )
    if options.label_column == "none":
        return ArrayChoice(images, None, notes)
    labels = _given_name(path, options.label_column, shapes) or _first_of(_LABEL_NAMES, names)
    return ArrayChoice(images, labels, notes)


def digits_of_arrays(
    path: Path,
    images: npt.NDArray[Any],
    labels: tuple[str, npt.NDArray[Any]] | Labels | None,
    options: FileOptions,
    notes: tuple[str, ...] = (),
) -> Digits:
    """Return digits from an array of images and one of labels.

    Parameters
    ----------
    path : Path
        The file, for messages and the name of the data set.
    images : ndarray
        Of any shape and dtype that `to_pictures` and `to_bytes` accept.
    labels : tuple of (str, ndarray) or Labels, optional
        Name and values that `to_labels` accepts, or labels with their classes.
    options : FileOptions
        Scale and polarity of the pixels.
    notes : tuple of str
        What was assumed before.

    Returns
    -------
    Digits

    Raises
    ------
    DataError
        If images or labels have a wrong shape, dtype or range.
    """
    n_labels = max(labels[1].shape, default=0) if isinstance(labels, tuple) else None
    pictures = to_pictures(path, images, n_labels)
    gray = to_gray(to_bytes(path, pictures, options.scale))
    bright, polarity = make_ink_bright(gray, options.invert)
    if isinstance(labels, tuple):
        labels = to_labels(path, *labels, len(bright))
    labels = labels or no_labels(len(bright))
    return Digits(
        bright,
        labels.values,
        labels.classes,
        name=path.name.split(".")[0],
        script=labels.script,
        notes=(*notes, *labels.notes, *polarity),
    )


def read_chosen(
    path: Path,
    shapes: Mapping[str, tuple[int, ...]],
    load: Callable[[str], npt.NDArray[Any]],
    options: FileOptions,
) -> Digits:
    """Choose arrays, load only these, and return the digits.

    Parameters
    ----------
    path, shapes, options
        As in `choose_arrays`.
    load : callable (str) -> ndarray
        Loads an array by name.

    Returns
    -------
    Digits
    """
    choice = choose_arrays(path, shapes, options)
    labels = None if choice.labels is None else (choice.labels, load(choice.labels))
    return digits_of_arrays(path, load(choice.images), labels, options, choice.notes)


def _names_of_split(
    shapes: Mapping[str, tuple[int, ...]], options: FileOptions
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the arrays of the requested split by their names without the split; and the notes."""
    parsed = {name: split_in_name(name) for name in shapes}
    usual = {*_IMAGE_NAMES, *_LABEL_NAMES}
    present = {
        split
        for split, rest in parsed.values()
        if split and (rest in usual or _last_word(rest) in usual)
    }
    if not present or options.image_column:
        return {name.lower(): name for name in shapes}, ()
    split = choose_split(options.split, present)
    names = {rest: name for name, (of, rest) in parsed.items() if of == split}
    names |= {
        _last_word(rest): name for rest, name in names.items() if _last_word(rest) not in names
    }
    return names, note_of_split(split, present)


def _last_word(name: str) -> str:
    return name.rpartition("_")[2]


def _first_of(synonyms: Collection[str], names: Mapping[str, str]) -> str | None:
    return next((names[name] for name in synonyms if name in names), None)


def _given_name(path: Path, given: str | None, shapes: Mapping[str, tuple[int, ...]]) -> str | None:
    if given is None or given in shapes:
        return given
    known = ", ".join(sorted(shapes))
    raise DataError(f"{path}: no array {given!r}; it has {known}: choose one of them")


def _only_images(names: Mapping[str, str], shapes: Mapping[str, tuple[int, ...]]) -> str | None:
    """Return the array that can hold images, if there is exactly one."""
    candidates = [
        name
        for name in set(names.values())
        if len(shapes[name]) > 1 and np.prod(shapes[name][1:], dtype=np.float64) >= MIN_IMAGE_PIXELS
    ]
    return candidates[0] if len(candidates) == 1 else None
