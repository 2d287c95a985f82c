"""Names of the arrays in npz and npy files, and representations of their labels."""

import numpy as np
import pytest

from numerals.data import read_digits
from numerals.data.npy import labels_paths_of
from numerals.errors import DataError, UnknownNameError

LABELS = np.array([3, 0, 7, 7, 9, 1])


@pytest.fixture
def images():
    images = np.zeros((6, 7, 7), np.uint8)
    images[:, 2:5, 3] = np.random.default_rng(5).integers(100, 256, (6, 3))
    return images


@pytest.mark.parametrize(
    "names",
    [
        ("images", "labels"),
        ("arr_0", "arr_1"),
        ("X", "Y"),
        ("data", "target"),
        ("x_train", "y_train"),
        ("train_images", "train_labels"),
        ("training_images", "training_labels"),
        ("trainX", "trainY"),
    ],
)
def test_usual_names(tmp_path, images, names):
    np.savez(tmp_path / "a.npz", **{names[0]: images, names[1]: LABELS})
    result = read_digits(tmp_path / "a.npz")
    np.testing.assert_array_equal(result.images, images)
    assert result.labels.tolist() == LABELS.tolist()


def test_three_splits(tmp_path, images):
    arrays = {}
    for number, split in enumerate(("train", "val", "test")):
        arrays |= {f"{split}_images": images[number:], f"{split}_labels": LABELS[number:]}
    np.savez(tmp_path / "a.npz", **arrays)
    assert len(read_digits(tmp_path / "a.npz", split="validation")) == 5
    assert read_digits(tmp_path / "a.npz", split="test").notes == (
        "split test of test, train, validation (--split)",
    )
    with pytest.raises(UnknownNameError, match="test, train, validation"):
        read_digits(tmp_path / "a.npz", split="both")


@pytest.mark.parametrize(
    "labels",
    [
        np.eye(10)[LABELS],
        np.eye(10, dtype=bool)[LABELS],
        np.eye(10, dtype=np.uint8)[LABELS].T,
        LABELS.astype(np.float32),
        LABELS[:, None],
        LABELS[None],
        LABELS.astype(str),
        LABELS.astype("S1"),
        np.array([f"{label}.0" for label in LABELS]),
    ],
)
def test_label_representations(tmp_path, images, labels):
    np.savez(tmp_path / "a.npz", images=images, labels=labels)
    result = read_digits(tmp_path / "a.npz")
    assert (result.labels.tolist(), result.classes) == (LABELS.tolist(), tuple("0123456789"))


@pytest.mark.parametrize(
    "labels", [np.eye(10)[LABELS] * 0.9, LABELS + 0.5, LABELS[:3], np.full(6, np.nan)]
)
def test_invalid_labels_name_the_option(tmp_path, images, labels):
    np.savez(tmp_path / "a.npz", images=images, labels=labels)
    with pytest.raises(DataError, match=r"labels of float64|labels of int64.*--label-column"):
        read_digits(tmp_path / "a.npz")
    assert set(read_digits(tmp_path / "a.npz", label_column="none").labels) == {-1}


def test_column_options_select_the_arrays(tmp_path, images):
    np.savez(tmp_path / "a.npz", a=images, b=255 - images, c=LABELS, d=LABELS[::-1])
    with pytest.raises(DataError, match=r"a \(6, 7, 7\).*--image-column and --label-column"):
        read_digits(tmp_path / "a.npz")
    result = read_digits(tmp_path / "a.npz", image_column="a", label_column="d")
    assert result.labels.tolist() == LABELS[::-1].tolist()
    with pytest.raises(DataError, match="no array 'z'; it has a, b, c, d"):
        read_digits(tmp_path / "a.npz", image_column="z")


def test_npy_labels_are_read_from_the_second_file(tmp_path, images):
    np.save(tmp_path / "x_train.npy", images / 255)
    result = read_digits(tmp_path / "x_train.npy")
    assert set(result.labels) == {-1}
    assert result.notes == ("no labels: y_train.npy beside it",)
    np.save(tmp_path / "y_train.npy", LABELS)
    result = read_digits(tmp_path / "x_train.npy")
    np.testing.assert_array_equal(result.images, images)
    assert result.labels.tolist() == LABELS.tolist()
    np.save(tmp_path / "y_train.npy", np.array([None, 1], object))
    with pytest.raises(DataError, match="Python objects"):
        read_digits(tmp_path / "x_train.npy")


def test_names_of_npy_label_files(tmp_path):
    names = {
        "train_images.npy": "train_labels.npy",
        "X.npy": "Y.npy",
        "data.npy": "labels.npy",
        "matrix.npy": None,
    }
    for images_name, labels_name in names.items():
        result = [path.name for path in labels_paths_of(tmp_path / images_name)]
        assert result[:1] == ([labels_name] if labels_name else [])
