"""Parquet files of Hugging Face (encoded images or lists of numbers) and OpenML (pixel columns).

They need the extra ``files`` (pyarrow), which is imported when a file is read.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.bounded_files import MAX_DATA_BYTES, check_size, raw_head, translate_read_errors
from numerals.data.csv_columns import find_columns
from numerals.data.file_options import DEFAULT_OPTIONS, FileOptions
from numerals.data.image_folders import digit_of_picture, stack_digits
from numerals.data.label_values import Labels, labels_of_texts, no_labels, to_labels
from numerals.data.named_arrays import digits_of_arrays
from numerals.errors import DataError, DataNotFoundError, MissingExtraError, NumeralsError
from numerals.records import Digits

_IMAGE_COLUMNS = ("image", "images", "img", "picture", "pixels", "x")
_LABEL_COLUMNS = ("label", "labels", "class", "target", "digit", "y", "fine_label")
_BATCH_ROWS = 1024  # decoded at once
_MAX_LIST_DEPTH = 3  # nested lists: rows, columns, channels


def read_parquet(path: str | Path, options: FileOptions = DEFAULT_OPTIONS) -> Digits:
    """Read digits from a Parquet file.

    Parameters
    ----------
    path : str or Path
        A file with a column of images (a struct of ``bytes`` and ``path``, bytes, or lists of
        numbers) and one of labels; or with a column for each pixel, as in a CSV.
    options : FileOptions
        Names of the columns, if they are not the usual ones.

    Returns
    -------
    Digits
        The classes are the names of a Hugging Face ``ClassLabel``, if the file has one.

    Raises
    ------
    DataError
        If there is no column of images, or the file is damaged.
    DataNotFoundError
        If the file does not exist.
    MissingExtraError
        Without the extra ``files``.
    """
    path = Path(path)
    with _open(path) as file:
        n_declared = sum(
            file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)
        )
        check_size(path, (n_declared,), 1)
        schema = file.schema_arrow
        image = _find_column(path, options.image_column, _IMAGE_COLUMNS, schema.names)
        if image is None:
            return _read_pixel_columns(path, file, options)
        label = None
        if options.label_column != "none":
            label = _find_column(path, options.label_column, _LABEL_COLUMNS, schema.names)
        images, values = _read_rows(path, file, image, label, options)
        classes = _class_names(schema, label)
    labels = _to_labels(path, label, values, classes, len(images))
    return _digits(path, images, labels, options)


def is_parquet(path: Path) -> bool:
    """Return whether a file starts as Parquet."""
    return raw_head(path, 4) == b"PAR1"


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{path}: reading Parquet", "files") from error
    if not path.is_file():
        raise DataNotFoundError(f"{path}: no such file; check the path")
    errors = (pyarrow.ArrowException, OSError, ValueError, KeyError)
    with (
        translate_read_errors(path, "a Parquet file", errors),
        pyarrow.parquet.ParquetFile(
            path, memory_map=False, thrift_string_size_limit=MAX_DATA_BYTES
        ) as file,
    ):
        yield file


def _find_column(
    path: Path, given: str | None, synonyms: tuple[str, ...], names: list[str]
) -> str | None:
    """Return the column `given` by the caller, or the first usual name; None if there is none."""
    if given is not None:
        if given not in names:
            known = ", ".join(names[:20])
            raise DataError(f"{path}: no column {given!r}; it has {known}: choose one of them")
        return given
    lowered = {name.lower(): name for name in names}
    return next((lowered[name] for name in synonyms if name in lowered), None)


def _read_rows(
    path: Path, file: Any, image: str, label: str | None, options: FileOptions
) -> tuple[list[npt.NDArray[Any]], list[Any]]:
    """Return the images, and the labels of the rows whose images could be read."""
    images: list[npt.NDArray[Any]] = []
    labels: list[Any] = []
    n_bytes = n_rows = 0
    for batch in file.iter_batches(_BATCH_ROWS, columns=[image] + ([label] if label else [])):
        batch_images, rows = _read_images(path, batch.column(image), n_rows, options)
        n_rows += batch.num_rows
        images += batch_images
        n_bytes += sum(item.nbytes for item in batch_images)
        check_size(path, (n_bytes,), 1)
        if label:
            values = batch.column(label).to_pylist()
            labels += [values[row] for row in rows]
    return images, labels


def _read_images(
    path: Path, column: Any, start: int, options: FileOptions
) -> tuple[list[npt.NDArray[Any]], list[int]]:
    """Return the images of a batch that could be read, and their rows in the batch."""
    images, rows = [], []
    for row, value in enumerate(column.to_pylist()):
        where = f"{path}, row {start + row + 1}"
        try:
            images.append(_image(where, value))
            rows.append(row)
        except NumeralsError as error:
            if options.on_error is None:
                raise
            options.on_error(path, error)
    return images, rows


def _image(where: str, value: Any) -> npt.NDArray[Any]:
    if isinstance(value, dict):
        if not value.get("bytes"):
            raise DataError(
                f"{where}: got the path of an image ({str(value.get('path'))[:80]}), expected its"
                " bytes; save the data set with embedded images"
            )
        value = value["bytes"]
    if isinstance(value, bytes):
        return digit_of_picture(value, where)
    if isinstance(value, list):
        return _array(where, value)
    raise DataError(
        f"{where}: got {type(value).__name__}, expected the bytes of an image or a list of numbers;"
        " name the column with --image-column"
    )


def _array(where: str, value: list[Any]) -> npt.NDArray[Any]:
    try:
        array = np.array(value)
    except ValueError as error:
        raise DataError(
            f"{where}: got lists of different lengths, expected rows of equal length; repair the"
            " row"
        ) from error
    if array.dtype.kind not in "buif" or array.ndim > _MAX_LIST_DEPTH:
        raise DataError(
            f"{where}: got a list of {array.dtype} in {array.ndim} dimensions, expected numbers in"
            f" at most {_MAX_LIST_DEPTH}; repair the row"
        )
    return array


def _class_names(schema: Any, label: str | None) -> tuple[str, ...]:
    """Return the names of a Hugging Face ``ClassLabel``; empty if the file has none."""
    try:
        metadata = json.loads((schema.metadata or {})[b"huggingface"])
        names = metadata["info"]["features"][label]["names"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return ()
    is_valid = isinstance(names, list) and all(isinstance(name, str) and name for name in names)
    return tuple(names) if is_valid and len(set(names)) == len(names) else ()


def _to_labels(
    path: Path, key: str | None, values: list[Any], classes: tuple[str, ...], n_images: int
) -> Labels:
    if key is None:
        return no_labels(n_images)
    if all(value is None or isinstance(value, str) for value in values):
        return labels_of_texts(path, key, [value or "" for value in values])
    try:
        array = np.array([-1 if value is None else value for value in values])
    except ValueError as error:
        raise DataError(
            f"{path}: {key} holds lists, expected one label per row; name another column with"
            " --label-column"
        ) from error
    labels = to_labels(path, key, array, n_images)
    if classes and labels.values.size and labels.values.max() < len(classes):
        script = labels_of_texts(path, key, list(classes)).script
        return Labels(labels.values, classes, script, labels.notes)
    return labels


def _digits(
    path: Path, images: list[npt.NDArray[Any]], labels: Labels, options: FileOptions
) -> Digits:
    if not images:
        raise DataError(
            f"{path}: no images in this file, expected at least one row; check the path"
        )
    if len({image.shape for image in images}) > 1:
        if any(image.dtype != np.uint8 or image.ndim != 2 for image in images):
            raise DataError(
                f"{path}: got rows with different numbers of pixels, expected equal ones; repair"
                " the file"
            )
        images = list(stack_digits(images))
    return digits_of_arrays(path, np.stack(images), labels, options)


def _read_pixel_columns(path: Path, file: Any, options: FileOptions) -> Digits:
    """Read a table that has a column for each pixel, as in a CSV."""
    names = file.schema_arrow.names
    check_size(path, (file.metadata.num_rows, len(names)), 4)
    if len(names) < 3:
        raise DataError(
            f"{path}: got columns {', '.join(names)}, expected image and label; name them with"
            " --image-column and --label-column"
        )
    columns = find_columns(path, [names], options.label_column)
    table = file.read()
    label = None
    if columns.label is not None:
        label = (names[columns.label], _to_numpy(path, table, columns.label))
    pixels = np.stack(
        [
            _to_numpy(path, table, index).astype(np.float32)
            for index in range(len(names))
            if index not in columns.others
        ],
        axis=1,
    )
    return digits_of_arrays(path, pixels, label, options, columns.notes)


def _to_numpy(path: Path, table: Any, index: int) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = table.column(index).to_numpy()
    if array.dtype.kind == "O":
        array = np.array(["" if value is None else str(value) for value in array.tolist()])
    if array.dtype.kind not in "buifU":
        raise DataError(
            f"{path}: got {array.dtype} in column {index}, expected numbers; remove the column"
        )
    return array
