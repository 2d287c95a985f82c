"""Folders named after splits contain the class folders, and are not classes themselves."""

import cv2
import numpy as np
import pytest

from numerals.data import read_digits
from numerals.data.split_names import choose_split, split_in_name, split_of_name
from numerals.errors import DataError, UnknownNameError


def put(folder, *classes, n=1):
    """Write `n` images of 28x28 pixels for each class, each into the folder of its class."""
    for name in classes:
        (folder / name).mkdir(parents=True)
        for number in range(n):
            image = np.zeros((28, 28), np.uint8)
            image[5:20, 14] = 255
            cv2.imwrite(str(folder / name / f"{number}.png"), image)


@pytest.mark.parametrize(
    ("train", "test"), [("training", "testing"), ("train", "test"), ("Train", "Test")]
)
@pytest.mark.parametrize("within", ["", "mnist_png", "a/b"])
def test_split_folders_are_not_classes(tmp_path, train, test, within):
    put(tmp_path / within / train, "0", "7", "9", n=2)
    put(tmp_path / within / test, "7")
    result = read_digits(tmp_path)
    assert (len(result), result.classes) == (6, tuple("0123456789"))
    assert result.notes == ("split train of test, train (--split)",)
    assert read_digits(tmp_path, split="test").labels.tolist() == [7]
    assert read_digits(tmp_path, split="testing").labels.tolist() == [7]


@pytest.mark.parametrize("name", ["val", "valid", "validation"])
def test_validation_has_several_names(tmp_path, name):
    put(tmp_path / "train", "1")
    put(tmp_path / name, "2", "3")
    for wanted in ("val", "validation"):
        assert read_digits(tmp_path, split=wanted).labels.tolist() == [2, 3]
    with pytest.raises(UnknownNameError, match="'test'; known: train, validation"):
        read_digits(tmp_path, split="test")


def test_pictures_without_classes_in_splits_are_unlabelled(tmp_path):
    put(tmp_path, "train", "test", n=2)
    assert read_digits(tmp_path, split="test").labels.tolist() == [-1, -1]


def test_split_is_ignored_without_split_folders(tmp_path):
    put(tmp_path, "seven", "zero")
    for split in ("train", "test"):
        result = read_digits(tmp_path, split=split)
        assert (result.classes, result.notes) == (("seven", "zero"), ())


def test_nested_class_folders_belong_to_the_outer_class(tmp_path):
    put(tmp_path / "3", "train", "test")
    put(tmp_path / "4", "train")
    assert read_digits(tmp_path).labels.tolist() == [3, 3, 4]


def test_folders_without_pictures_beside_splits_are_ignored(tmp_path):
    put(tmp_path / "train", "5")
    (tmp_path / "docs").mkdir()
    assert read_digits(tmp_path).labels.tolist() == [5]
    put(tmp_path / "docs", "x")
    assert read_digits(tmp_path).classes == ("docs", "train")


def test_empty_split_raises(tmp_path):
    put(tmp_path / "train", "5")
    (tmp_path / "test").mkdir()
    with pytest.raises(DataError, match="test: no pictures"):
        read_digits(tmp_path, split="test")


def test_folder_of_data_files_lists_them(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("train-00000-of-00001.parquet", "README.md"):
        (tmp_path / "data" / name).write_bytes(b"")
    with pytest.raises(DataError, match=r"name one of its files: data/train-00000-of-00001\.parq"):
        read_digits(tmp_path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x_train", ("train", "x")),
        ("Xtest", ("test", "x")),
        ("trainY", ("train", "y")),
        ("trainImages", ("train", "images")),
        ("val_labels", ("validation", "labels")),
        ("dataset/train/images", ("train", "dataset_images")),
        ("t10k-images-idx3-ubyte", ("test", "images_idx3_ubyte")),
        ("latest", (None, "latest")),
        ("constrain", (None, "constrain")),
    ],
)
def test_split_in_name(name, expected):
    assert split_in_name(name) == expected


def test_split_of_name_and_choose_split():
    assert [split_of_name(name) for name in ("TRAIN", "t10k", "dev", "7")] == [
        "train",
        "test",
        "validation",
        None,
    ]
    with pytest.raises(UnknownNameError, match="'all'; known: test, train"):
        choose_split("all", ["train", "test"])
