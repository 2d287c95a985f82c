"""Parquet files of Hugging Face (encoded images, lists of pixels) and OpenML (pixel columns)."""

import json
import sys

import cv2
import numpy as np
import pytest

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

from numerals.data import read_digits
from numerals.errors import DataError, MissingExtraError, NumeralsError


@pytest.fixture
def images():
    rng = np.random.default_rng(3)
    images = np.zeros((6, 28, 28), np.uint8)
    images[:, 8:20, 8:20] = rng.integers(0, 256, (6, 12, 12))
    return images


LABELS = [3, 0, 7, 7, 9, 1]


def png(image):
    return bytes(cv2.imencode(".png", image)[1])


def write(path, columns, class_names=None):
    table = pa.table(columns)
    if class_names:
        features = {"label": {"names": class_names, "_type": "ClassLabel"}}
        described = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": described})
    pq.write_table(table, path, row_group_size=4)
    return path


def structs(images):
    return [{"bytes": png(image), "path": f"{i}.png"} for i, image in enumerate(images)]


@pytest.mark.parametrize(
    "column",
    [
        structs,
        lambda images: [png(image) for image in images],
        lambda images: images.tolist(),
        lambda images: images.reshape(6, -1).tolist(),
        lambda images: (images / 255).reshape(6, -1).tolist(),
        lambda images: (255 - images).tolist(),
    ],
    ids=["struct", "bytes", "rows", "flat", "floats", "dark ink"],
)
def test_image_column_types(tmp_path, images, column):
    path = write(
        tmp_path / "train-00000-of-00001.parquet", {"image": column(images), "label": LABELS}
    )
    result = read_digits(path)
    np.testing.assert_array_equal(result.images, images)
    assert (result.labels.tolist(), result.classes) == (LABELS, tuple("0123456789"))


def test_class_names_of_hugging_face_are_used(tmp_path, images):
    columns = {"image": structs(images), "label": [0, 1, 0, 1, 0, 1]}
    result = read_digits(write(tmp_path / "a.parquet", columns, ["zero", "one"]))
    assert (result.labels.tolist(), result.classes) == ([0, 1, 0, 1, 0, 1], ("zero", "one"))
    digits = [str(number) for number in range(10)]
    columns["label"] = LABELS
    assert read_digits(write(tmp_path / "b.parquet", columns, digits)).classes == tuple(digits)


def test_pixel_columns(tmp_path, images):
    flat = images.reshape(6, -1)
    columns = {f"pixel{i + 1}": flat[:, i] for i in range(784)}
    columns["class"] = [str(label) for label in LABELS]
    result = read_digits(write(tmp_path / "mnist_784.pq", columns))
    np.testing.assert_array_equal(result.images, images)
    assert result.labels.tolist() == LABELS


def test_column_options_select_the_columns(tmp_path, images):
    columns = {"scan": structs(images), "truth": ["a", "b", "a", "b", "a", None]}
    path = write(tmp_path / "a.parquet", columns)
    with pytest.raises(DataError, match="--image-column"):
        read_digits(path)
    result = read_digits(path, image_column="scan", label_column="truth")
    assert (result.labels.tolist(), result.classes) == ([0, 1, 0, 1, 0, -1], ("a", "b"))
    assert set(read_digits(path, image_column="scan").labels) == {-1}
    with pytest.raises(DataError, match="no column 'x'; it has scan, truth"):
        read_digits(path, image_column="x")


def test_unreadable_rows_are_reported_and_the_others_read(tmp_path, images):
    rows = structs(images)
    rows[2]["bytes"] = b"no picture"
    rows[4] = {"bytes": None, "path": "elsewhere.png"}
    path = write(tmp_path / "a.parquet", {"image": rows, "label": LABELS})
    with pytest.raises(NumeralsError, match=r"a\.parquet, row 3"):
        read_digits(path)
    errors = []
    result = read_digits(path, on_error=lambda path, error: errors.append(str(error)))
    assert result.labels.tolist() == [3, 0, 7, 1]
    assert "row 3" in errors[0]
    assert "row 5: got the path of an image (elsewhere.png)" in errors[1]


def test_row_numbers_continue_across_batches(tmp_path, images, monkeypatch):
    monkeypatch.setattr("numerals.data.parquet._BATCH_ROWS", 2)
    rows = structs(images)
    rows[1]["bytes"] = rows[4]["bytes"] = b"no picture"
    path = write(tmp_path / "a.parquet", {"image": rows})
    errors = []
    read_digits(path, on_error=lambda path, error: errors.append(str(error)))
    assert ["row 2" in errors[0], "row 5" in errors[1]] == [True, True]


@pytest.mark.parametrize("edit", ["cut", "bytes", "magic"])
def test_damaged_files_raise_data_errors(tmp_path, images, edit):
    path = write(tmp_path / "a.parquet", {"image": structs(images), "label": LABELS})
    content = bytearray(path.read_bytes())
    if edit == "cut":
        content = content[: len(content) // 2]
    elif edit == "bytes":
        content[-60:-20] = b"\xff" * 40
    else:
        content = content[:4]
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"a\.parquet"):
        read_digits(path)


def test_missing_extra_is_named(tmp_path, monkeypatch):
    (tmp_path / "a.parquet").write_bytes(b"PAR1....PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'numerals\[files\]'"):
        read_digits(tmp_path / "a.parquet")
