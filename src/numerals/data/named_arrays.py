"""Arrays with names (npz, HDF5, .mat) -> digits: which are the pictures, which the labels."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.file_options import ReadOptions
from numerals.data.label_values import Labels, no_labels, to_labels
from numerals.data.pixel_arrays import make_ink_bright, to_bytes, to_grey, to_pictures
from numerals.data.splits import choose_split, note_of_split, split_in_name
from numerals.errors import DataError
from numerals.records import Digits

_IMAGES = ("images", "image", "x", "data", "pixels", "features", "inputs", "imgs", "arr_0")
_LABELS = ("labels", "label", "y", "target", "targets", "class", "digit", "digits", "arr_1")
_NONE = "none"


@dataclass(frozen=True)
class Chosen:
    """Which arrays hold the digits.

    Attributes
    ----------
    images : str
    labels : str, optional
        None where there are none.
    notes : tuple of str
        What was assumed.
    """

    images: str
    labels: str | None
    notes: tuple[str, ...] = ()


def choose_arrays(
    path: Path, shapes: Mapping[str, tuple[int, ...]], options: ReadOptions
) -> Chosen:
    """Choose pictures and labels by name, by split, and in the end by shape.

    Parameters
    ----------
    path : Path
        For messages.
    shapes : mapping of str to tuple of int
        Name of each array -> its shape. Names may be paths: ``train/data``.
    options : ReadOptions
        `image_column` and `label_column` come first.

    Raises
    ------
    DataError
        If it cannot be told which array holds the pictures.
    UnknownNameError
        If the split that is wanted is not there, or an array that was named.
    """
    names, notes = _of_split(shapes, options)
    images = _insisted(path, options.image_column, shapes) or _first_of(_IMAGES, names)
    if images is None:
        images = _only_pictures(names, shapes)
        notes += (f"pictures: {images}",) if images else ()
    if images is None:
        found = ", ".join(f"{name} {shape}" for name, shape in sorted(shapes.items()))
        raise DataError(
            f"{path}: found {found[:300] or 'no arrays'}; expected images and labels, or x_train,"
            " y_train, x_test, y_test: say which they are with --image-column and --label-column"
        )
    if options.label_column == _NONE:
        return Chosen(images, None, notes)
    labels = _insisted(path, options.label_column, shapes) or _first_of(_LABELS, names)
    return Chosen(images, labels, notes)


def digits_of_arrays(
    path: Path,
    images: npt.NDArray[Any],
    labels: tuple[str, npt.NDArray[Any]] | Labels | None,
    options: ReadOptions,
    notes: tuple[str, ...] = (),
) -> Digits:
    """Return digits from an array of pictures and one of labels.

    Parameters
    ----------
    path : Path
        For messages and the name.
    images : ndarray
        As `to_pictures` and `to_bytes` take them.
    labels : tuple of (str, ndarray) or Labels, optional
        Name and values, as `to_labels` takes them.
    options : ReadOptions
    notes : tuple of str
        What was assumed so far.
    """
    n_labels = max(labels[1].shape, default=0) if isinstance(labels, tuple) else None
    pictures = to_pictures(path, images, n_labels)
    grey = to_grey(to_bytes(path, pictures, options.scale))
    bright, polarity = make_ink_bright(grey, options.invert)
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
    options: ReadOptions,
) -> Digits:
    """Choose arrays, load these alone, and return the digits."""
    chosen = choose_arrays(path, shapes, options)
    labels = None if chosen.labels is None else (chosen.labels, load(chosen.labels))
    return digits_of_arrays(path, load(chosen.images), labels, options, chosen.notes)


def _of_split(
    shapes: Mapping[str, tuple[int, ...]], options: ReadOptions
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return what the arrays of the wanted split are called without it -> their names."""
    taken = {name: split_in_name(name) for name in shapes}
    usual = {*_IMAGES, *_LABELS}
    present = {
        split for split, rest in taken.values() if split and (rest in usual or _last(rest) in usual)
    }
    if not present or options.image_column:
        return {name.lower(): name for name in shapes}, ()
    split = choose_split(options.split, present)
    names = {rest: name for name, (of, rest) in taken.items() if of == split}
    names |= {_last(rest): name for rest, name in names.items() if _last(rest) not in names}
    return names, note_of_split(split, present)


def _last(rest: str) -> str:
    return rest.rpartition("_")[2]


def _first_of(usual: Collection[str], names: Mapping[str, str]) -> str | None:
    return next((names[name] for name in usual if name in names), None)


def _insisted(path: Path, wanted: str | None, shapes: Mapping[str, tuple[int, ...]]) -> str | None:
    if wanted is None or wanted in shapes:
        return wanted
    raise DataError(f"{path}: no array {wanted!r}; it has {', '.join(sorted(shapes))}")


def _only_pictures(names: Mapping[str, str], shapes: Mapping[str, tuple[int, ...]]) -> str | None:
    """Return the one array that can be pictures: at least 16 pixels each."""
    found = [
        name
        for name in set(names.values())
        if len(shapes[name]) > 1 and np.prod(shapes[name][1:], dtype=np.float64) >= 16
    ]
    return found[0] if len(found) == 1 else None
