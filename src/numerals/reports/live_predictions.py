"""Embed predictions and pictures in a page, and the script that makes the page interactive."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.csv_cells import safe_cell, safe_row
from numerals.evaluation import confusion_matrix
from numerals.picture_encoding import encode_png
from numerals.records import Digits
from numerals.reports.html_page import PageScript
from numerals.scripts import to_ascii_digits

MAX_PREDICTIONS = 500_000
"""Maximum number of predictions in a file: digits times methods. Of more, only those of digits with
pictures are embedded."""

_MAX_PROBABILITIES = 200_000  # values; 10,000 digits with up to 20 classes
_MAX_PICTURE_PIXELS = 3_000_000  # 3,800 digits of 28x28 pixels, about 1 MB
_CORRECT_PER_CLASS = 12
_SPRITE_COLUMNS = 64
_TYPES = {"u1": np.uint8, "u2": np.uint16, "i4": np.int32, "f4": np.float32}
_SCRIPTS = ("elements.js", "predictions.js", "gallery.js", "confusion.js", "errors.js", "main.js")


@dataclass(frozen=True, eq=False)
class MethodPredictions:
    """The answers of a method.

    Attributes
    ----------
    name : str
    predictions : ndarray of int64, shape (n_images,)
        Indices into the classes of the digits.
    confidences : ndarray of float32, shape (n_images,)
        In [0, 1].
    proba : ndarray of float32, shape (n_images, n_classes), optional
        Left out of the page if it is large.
    """

    name: str
    predictions: npt.NDArray[np.int64]
    confidences: npt.NDArray[np.float32]
    proba: npt.NDArray[np.float32] | None = None


def make_live_script(digits: Digits, methods: Sequence[MethodPredictions]) -> PageScript:
    """Return the script of a page, with predictions and pictures.

    All errors have a picture as far as there is room for them, and the correct digits with the
    lowest confidence of each class.

    Parameters
    ----------
    digits : Digits
        Labelled.
    methods : sequence of MethodPredictions
        The first one is shown first.

    Returns
    -------
    PageScript
        It fills the sections whose `live` is ``"confusion"``, ``"errors"`` or ``"download"``;
        ``"download"`` needs `has_all_predictions`.
    """
    pictured = _choose_pictures(digits, methods)
    rows = None if has_all_predictions(digits, methods) else pictured
    folder = Path(__file__).parent / "live"
    return PageScript(
        code="\n".join((folder / name).read_text(encoding="utf-8") for name in _SCRIPTS),
        css=(folder / "live.css").read_text(encoding="utf-8"),
        data=_pack(digits, methods, pictured, rows),
    )


def has_all_predictions(digits: Digits, methods: Sequence[MethodPredictions]) -> bool:
    """Return whether `make_live_script` embeds the predictions of all digits."""
    return len(digits) * len(methods) <= MAX_PREDICTIONS


def _choose_pictures(digits: Digits, methods: Sequence[MethodPredictions]) -> npt.NDArray[np.int64]:
    """Return the indices of the digits with pictures, ascending."""
    height, width = digits.images.shape[1:]
    n_max = max(1, _MAX_PICTURE_PIXELS // (height * width))
    ranks = np.full(len(digits), np.inf)
    for method in methods:
        ranks = np.minimum(ranks, _rank_in_cells(digits.labels, method))
    n_chosen = min(n_max, int(np.isfinite(ranks).sum()))
    return np.sort(np.argsort(ranks, kind="stable")[:n_chosen])


def _rank_in_cells(
    labels: npt.NDArray[np.int64], method: MethodPredictions
) -> npt.NDArray[np.float64]:
    """Return the rank of each digit in its cell of the confusion matrix, or infinity for none.

    Ranks of the cells are comparable, so that each cell keeps its first digits.
    """
    is_correct = method.predictions == labels
    order_key = np.where(is_correct, method.confidences, -method.confidences)
    n_classes = int(max(labels.max(), method.predictions.max())) + 1
    cells = labels * n_classes + method.predictions
    order = np.lexsort((order_key, cells))
    starts = np.searchsorted(cells[order], cells[order])  # first position of each digit's cell
    ranks = np.empty(len(labels))
    ranks[order] = np.arange(len(labels)) - starts
    ranks[is_correct & (ranks >= _CORRECT_PER_CLASS)] = np.inf
    return ranks


def _pack(
    digits: Digits,
    methods: Sequence[MethodPredictions],
    pictured: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64] | None,
) -> dict[str, Any]:
    """Return the embedded data; `rows` are the digits whose predictions are embedded, or None."""
    chosen = np.arange(len(digits)) if rows is None else rows
    columns = {"labels": _pack_classes(digits.labels[chosen])}
    if rows is not None:
        columns["indices"] = _pack_array(rows, "i4")
    if digits.writers is not None:
        columns["writers"] = _pack_array(digits.writers[chosen], "i4")
    packed = [_pack_method(digits, method, chosen) for method in methods]
    classes = [to_ascii_digits(name) for name in digits.classes]
    return {
        "classes": classes,
        "csv_classes": safe_row(digits.classes),
        "csv_head": _csv_head(digits, methods, packed),
        "csv_file": f"{_file_stem(digits.name)}-predictions.csv",
        "columns": columns,
        "methods": packed,
        "pictures": _pack_pictures(digits, pictured, np.searchsorted(chosen, pictured)),
    }


def _pack_method(
    digits: Digits, method: MethodPredictions, chosen: npt.NDArray[np.int64]
) -> dict[str, Any]:
    columns = {
        "predictions": _pack_classes(method.predictions[chosen]),
        "confidences": _pack_array(method.confidences[chosen], "f4"),
    }
    if method.proba is not None and method.proba.size <= _MAX_PROBABILITIES:
        columns["proba"] = _pack_array(method.proba[chosen], "f4")
    counts = confusion_matrix(method.predictions, digits.labels, len(digits.classes))
    return {"name": method.name, "columns": columns, "confusion": counts.tolist()}


def _csv_head(
    digits: Digits, methods: Sequence[MethodPredictions], packed: Sequence[Mapping[str, Any]]
) -> list[str]:
    head = ["index", "label", *(["writer"] * (digits.writers is not None))]
    for method, each in zip(methods, packed, strict=True):
        prefix = f"{method.name} " if len(methods) > 1 else ""
        head += [f"{prefix}prediction", f"{prefix}confidence"]
        if "proba" in each["columns"]:
            head += [f"{prefix}p({name})" for name in digits.classes]
    return [str(safe_cell(name)) for name in head]


def _pack_pictures(
    digits: Digits, pictured: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]
) -> dict[str, Any]:
    """Return the pictures as one PNG with `_SPRITE_COLUMNS` columns, and the row of each."""
    images = digits.images[pictured]
    _, height, width = images.shape
    n_columns = min(_SPRITE_COLUMNS, max(1, len(images)))
    n_rows = max(1, -(-len(images) // n_columns))
    tiles = np.zeros((n_rows * n_columns, height, width), np.uint8)
    tiles[: len(images)] = images
    grid = tiles.reshape(n_rows, n_columns, height, width)
    sheet = grid.transpose(0, 2, 1, 3).reshape(n_rows * height, n_columns * width)
    return {
        "rows": _pack_array(rows, "i4"),
        "columns": n_columns,
        "width": width,
        "height": height,
        "png": base64.b64encode(encode_png(sheet)).decode("ascii"),
    }


def _pack_classes(classes: npt.NDArray[np.int64]) -> dict[str, str]:
    return _pack_array(classes, "u1" if classes.max(initial=0) < 256 else "u2")


def _pack_array(values: npt.NDArray[Any], type_name: str) -> dict[str, str]:
    """Return an array as its type and base64 of its little-endian bytes."""
    array = np.ascontiguousarray(values, np.dtype(_TYPES[type_name]).newbyteorder("<"))
    return {"type": type_name, "base64": base64.b64encode(array.tobytes()).decode("ascii")}


def _file_stem(name: str) -> str:
    """Return a name with only those characters that every file system allows."""
    kept = "".join(each if each.isalnum() or each in "-_." else "-" for each in name)
    return kept.strip("-.")[:60] or "digits"
