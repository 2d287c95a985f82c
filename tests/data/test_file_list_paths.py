"""Paths in file lists: from other systems and machines, and missing ones."""

import cv2
import numpy as np
import pytest

from numerals.data import read_digits
from numerals.errors import DataError, ImageError


@pytest.fixture
def folder(tmp_path):
    for name in ("a", "b"):
        image = np.zeros((28, 28), np.uint8)
        image[5:20, 14] = 255
        (tmp_path / "pictures").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "pictures" / f"{name}.png"), image)
    return tmp_path


def labels_of(folder, text, **options):
    (folder / "list.csv").write_text(text, encoding="utf-8")
    return read_digits(folder / "list.csv", **options).labels.tolist()


@pytest.mark.parametrize(
    "path",
    [
        "pictures/{}.png",
        "./pictures/{}.png",
        "pictures\\{}.png",
        ".\\pictures\\{}.png",
        "C:\\Users\\me\\digits\\pictures\\{}.png",
        "/home/somebody/digits/pictures/{}.png",
        "D:/digits/pictures/{}.png",
    ],
)
def test_windows_paths_and_paths_of_other_machines(folder, path):
    rows = f"{path.format('a')},3\n{path.format('b')},5\n"
    assert labels_of(folder, "file,label\n" + rows) == [3, 5]


def test_existing_absolute_paths(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("lists")
    text = f"file,label\n{folder / 'pictures' / 'a.png'},3\n"
    assert labels_of(elsewhere, text) == [3]


def test_backslash_in_a_file_name(folder):
    (folder / "pictures" / "a.png").rename(folder / "x\\a.png")
    assert labels_of(folder, "file,label\nx\\a.png,3\n") == [3]


@pytest.mark.parametrize(
    "text",
    [
        "filename,class\npictures/a.png,3\n",
        "image_path;digit\r\npictures/a.png;3\r\n",
        "\ufeffPath\tLabel\npictures/a.png\t3\n",
        "file,label\npictures/a.png,3.0\n",
        "id,label,image\n7,3,pictures/a.png\n\n",
    ],
)
def test_synonyms_of_columns_and_delimiters(folder, text):
    assert labels_of(folder, text) == [3]


def test_column_options_select_the_columns(folder):
    text = "scan,truth\npictures/a.png,3\n"
    with pytest.raises(DataError, match="no known format"):
        labels_of(folder, text)
    with pytest.raises(DataError, match="--image-column"):
        read_digits(folder / "list.csv", "file-list")
    options = {"image_column": "scan", "label_column": "truth"}
    assert read_digits(folder / "list.csv", "file-list", **options).labels.tolist() == [3]
    options = {"image_column": "0", "label_column": "none"}
    assert read_digits(folder / "list.csv", "file-list", **options).labels.tolist() == [-1]


def test_missing_pictures_are_reported_by_name(folder):
    text = "file,label\npictures\\a.png,3\npictures\\gone.png,4\nC:\\x\\lost.png,5\n"
    with pytest.raises(ImageError, match=r"gone\.png"):
        labels_of(folder, text)
    missing = []
    result = labels_of(folder, text, on_error=lambda path, error: missing.append(str(path)))
    assert result == [3]
    assert [path.replace("\\", "/").rpartition("/")[2] for path in missing] == [
        "gone.png",
        "lost.png",
    ]
