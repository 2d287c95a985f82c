"""Parquet as Hugging Face has it (pictures as files, lists of numbers) and OpenML (pixel columns).

Needs the extra ``files`` (pyarrow), which is imported when a file is read.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.csv_columns import find_columns
from numerals.data.data_files import MAX_BYTES, check_size
from numerals.data.file_options import DEFAULT_OPTIONS, ReadOptions
from numerals.data.image_folders import digit_of_picture, stack_digits
from numerals.data.label_values import Labels, labels_of_texts, no_labels, to_labels
from numerals.data.named_arrays import digits_of_arrays
from numerals.errors import DataError, DataNotFoundError, MissingExtraError, NumeralsError
from numerals.records import Digits

_IMAGES = ("image", "images", "img", "picture", "pixels", "x")
_LABELS = ("label", "labels", "class", "target", "digit", "y", "fine_label")
_BATCH = 1024  # rows decoded at once
_MAX_DEPTH = 3  # of lists: rows of pixels, pixels of channels


def read_parquet(path: str | Path, options: ReadOptions = DEFAULT_OPTIONS) -> Digits:
    """Read digits from a Parquet file.

    Parameters
    ----------
    path : str or Path
        With a column of pictures (a struct of ``bytes`` and ``path``, bytes, or lists of numbers)
        and one of labels; or with a column for each pixel, as in a CSV.
    options : ReadOptions
        Names of the columns, where they are not the usual ones.

    Returns
    -------
    Digits
        The names of a Hugging Face ``ClassLabel`` are the classes.

    Raises
    ------
    DataError
        If there is no column of pictures, or the file is damaged.
    DataNotFoundError
        If there is no such file.
    MissingExtraError
        Without the extra ``files``.
    """
    path = Path(path)
    with _open(path) as file:
        size = sum(
            file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)
        )
        check_size(path, (size,), 1)
        schema = file.schema_arrow
        image = _choose(path, options.image_column, _IMAGES, schema.names)
        if image is None:
            return _read_pixel_columns(path, file, options)
        label = None
        if options.label_column != "none":
            label = _choose(path, options.label_column, _LABELS, schema.names)
        images: list[Any] = []
        labels: list[Any] = []
        n_bytes = 0
        for batch in file.iter_batches(_BATCH, columns=[image] + ([label] if label else [])):
            part, kept = _images_of(path, batch.column(image), len(labels), options)
            images += part
            n_bytes += sum(item.nbytes for item in part)
            check_size(path, (n_bytes,), 1)
            if label:
                values = batch.column(label).to_pylist()
                labels += [values[index] for index in kept]
        classes = _class_names(schema, label)
    known = _labels(path, label, labels, classes, len(images))
    return _digits(path, images, known, options)


def is_parquet(path: Path) -> bool:
    """Tell whether a file begins as a Parquet file does."""
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"PAR1"
    except OSError:
        return False


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{path}: reading Parquet", "files") from error
    if not path.is_file():
        raise DataNotFoundError(f"{path}: no such file; check the path")
    try:
        with pyarrow.parquet.ParquetFile(
            path, memory_map=False, thrift_string_size_limit=MAX_BYTES
        ) as file:
            yield file
    except (pyarrow.ArrowException, OSError, ValueError, KeyError) as error:
        if isinstance(error, NumeralsError):
            raise
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(
            f"{path}: not a Parquet file that can be read ({first}); fetch or copy it again"
        ) from error


def _choose(path: Path, wanted: str | None, usual: tuple[str, ...], names: list[str]) -> str | None:
    if wanted is not None:
        if wanted not in names:
            raise DataError(f"{path}: no column {wanted!r}; it has {', '.join(names[:20])}")
        return wanted
    lowered = {name.lower(): name for name in names}
    return next((lowered[name] for name in usual if name in lowered), None)


def _images_of(
    path: Path, column: Any, start: int, options: ReadOptions
) -> tuple[list[npt.NDArray[Any]], list[int]]:
    """Return a batch's pictures, and which of its rows they come from."""
    images, kept = [], []
    for index, value in enumerate(column.to_pylist()):
        where = f"{path}, row {start + index + 1}"
        try:
            images.append(_image(where, value))
            kept.append(index)
        except NumeralsError as error:
            if options.on_error is None:
                raise
            options.on_error(path, error)
    return images, kept


def _image(where: str, value: Any) -> npt.NDArray[Any]:
    if isinstance(value, dict):
        if not value.get("bytes"):
            raise DataError(
                f"{where}: the picture is a path ({str(value.get('path'))[:80]}) without its bytes;"
                " save the set with its pictures in it"
            )
        value = value["bytes"]
    if isinstance(value, bytes):
        return digit_of_picture(value, where)
    if isinstance(value, list):
        return _array(where, value)
    raise DataError(
        f"{where}: {type(value).__name__} where a picture belongs; expected bytes of a picture or"
        " a list of numbers: name the column with --image-column"
    )


def _array(where: str, value: list[Any]) -> npt.NDArray[Any]:
    try:
        array = np.array(value)
    except ValueError as error:
        raise DataError(f"{where}: a list of lists that differ in length; repair it") from error
    if array.dtype.kind not in "buif" or array.ndim > _MAX_DEPTH:
        raise DataError(f"{where}: a list of {array.dtype}; expected numbers: repair the row")
    return array


def _class_names(schema: Any, label: str | None) -> tuple[str, ...]:
    """Return the names of a Hugging Face ``ClassLabel``, or nothing."""
    try:
        described = json.loads((schema.metadata or {})[b"huggingface"])
        names = described["info"]["features"][label]["names"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return ()
    fits = isinstance(names, list) and all(isinstance(name, str) and name for name in names)
    return tuple(names) if fits and len(set(names)) == len(names) else ()


def _labels(
    path: Path, key: str | None, values: list[Any], classes: tuple[str, ...], n_images: int
) -> Labels:
    if key is None:
        return no_labels(n_images)
    if all(value is None or isinstance(value, str) for value in values):
        return labels_of_texts(path, key, [value or "" for value in values])
    try:
        array = np.array([-1 if value is None else value for value in values])
    except ValueError as error:
        raise DataError(f"{path}: {key} holds lists; expected a label a row") from error
    found = to_labels(path, key, array, n_images)
    if classes and found.values.size and found.values.max() < len(classes):
        script = labels_of_texts(path, key, list(classes)).script
        return Labels(found.values, classes, script, found.notes)
    return found


def _digits(
    path: Path, images: list[npt.NDArray[Any]], labels: Labels, options: ReadOptions
) -> Digits:
    if not images:
        raise DataError(f"{path}: no pictures in it; choose a file with rows")
    if len({image.shape for image in images}) > 1:
        if any(image.dtype != np.uint8 or image.ndim != 2 for image in images):
            raise DataError(f"{path}: lists of pixels that differ in length; repair the file")
        images = list(stack_digits(images))
    return digits_of_arrays(path, np.stack(images), labels, options)


def _read_pixel_columns(path: Path, file: Any, options: ReadOptions) -> Digits:
    """Read a table as a CSV: a column for each pixel."""
    names = file.schema_arrow.names
    check_size(path, (file.metadata.num_rows, len(names)), 4)
    if len(names) < 3:
        raise DataError(
            f"{path}: found the columns {', '.join(names)}; expected image and label: name"
            " them with --image-column and --label-column"
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
        raise DataError(f"{path}: column {index} of {array.dtype}; expected numbers")
    return array
