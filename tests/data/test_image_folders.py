import csv

import cv2
import numpy as np
import pytest
from digit_sets import QUICK, assert_same
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from numerals.data import read_digits, write_digits
from numerals.data.file_options import FileOptions
from numerals.data.image_folders import read_folder
from numerals.errors import DataError, DataNotFoundError, ImageError
from numerals.records import Digits
from numerals.scripts import SCRIPTS


def photograph(path, digit="4"):
    """Write the photograph of a digit in dark ink on bright paper."""
    page = np.full((120, 90), 230, np.uint8)
    cv2.putText(page, digit, (20, 90), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 40, 6, cv2.LINE_AA)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), page)


@QUICK
@given(
    content=st.integers(1, 4).flatmap(lambda n: hnp.arrays(np.uint8, (n, 26, 26))),
    script=st.sampled_from(sorted(SCRIPTS)),
    format=st.sampled_from(["folders", "file-list"]),
    data=st.data(),
)
def test_round_trip(tmp_path_factory, content, script, format, data):
    content = np.where(content == 1, 2, content)  # 0 and 1 alone are a mask, which is stretched
    images = np.pad(content, ((0, 0), (1, 1), (1, 1)))
    labels = data.draw(hnp.arrays(np.int64, len(images), elements=st.integers(0, 9)))
    digits = Digits(images, np.sort(labels), SCRIPTS[script])
    path = tmp_path_factory.mktemp("round") / ("a.csv" if format == "file-list" else "a")
    write_digits(digits, path, format)
    result = read_digits(path)
    assert_same(result, digits)
    assert result.script == script


def test_folder_names_are_the_classes(tmp_path, strokes):
    write_digits(strokes, tmp_path / "out")
    assert sorted(item.name for item in (tmp_path / "out").iterdir()) == list("0123456789")
    assert len(list((tmp_path / "out" / "7").glob("*.png"))) == 3


def test_photographs_are_scaled_and_centred(tmp_path):
    for digit in "14":
        photograph(tmp_path / "set" / digit / "a.png", digit)
    (tmp_path / "set" / "9").mkdir()  # a class without images
    result = read_digits(tmp_path / "set")
    assert result.labels.tolist() == [1, 4]
    assert result.images.shape == (2, 28, 28)
    assert result.classes == tuple("0123456789")
    assert result.images[:, :3].max() == 0
    assert result.images.max() > 200


def test_plain_folder_is_unlabelled_in_natural_order(tmp_path):
    for number in (1, 2, 10, 9):
        image = np.zeros((28, 28), np.uint8)
        image[14, 14] = number
        cv2.imwrite(str(tmp_path / f"{number}.png"), image)
    (tmp_path / "notes.txt").write_text("not a picture")
    result = read_folder(tmp_path)
    assert result.images[:, 14, 14].tolist() == [1, 2, 9, 10]
    assert result.labels.tolist() == [-1] * 4


def test_different_sizes_are_scaled_to_28(tmp_path):
    for name, side in (("a", 28), ("b", 32)):
        image = np.zeros((side, side), np.uint8)
        image[10:18, 12] = 255
        cv2.imwrite(str(tmp_path / f"{name}.png"), image)
    assert read_folder(tmp_path).images.shape == (2, 28, 28)


def test_unreadable_pictures_are_reported_and_the_others_read(tmp_path):
    photograph(tmp_path / "3" / "good.png", "3")
    (tmp_path / "3" / "bad.png").write_bytes(b"no picture")
    (tmp_path / "5").mkdir()
    (tmp_path / "5" / "empty.jpg").write_bytes(b"")
    failed = []
    result = read_digits(tmp_path, on_error=lambda path, error: failed.append((path, error)))
    assert result.labels.tolist() == [3]
    assert [path.name for path, _ in failed] == ["bad.png", "empty.jpg"]
    assert all(isinstance(error, ImageError) for _, error in failed)
    with pytest.raises(ImageError, match=r"bad\.png"):
        read_digits(tmp_path)


def test_folder_without_readable_pictures_raises(tmp_path):
    with pytest.raises(DataError, match="no pictures"):
        read_folder(tmp_path)
    (tmp_path / "bad.png").write_bytes(b"")
    with pytest.raises(DataError, match="none of 1 pictures"):
        read_folder(tmp_path, FileOptions(on_error=lambda path, error: None))
    with pytest.raises(DataNotFoundError):
        read_folder(tmp_path / "nothing")


def test_pictures_beside_folders_are_ambiguous(tmp_path):
    photograph(tmp_path / "3" / "a.png")
    photograph(tmp_path / "b.png")
    with pytest.raises(DataError, match="lie beside"):
        read_folder(tmp_path)


def test_non_empty_folder_is_not_overwritten(tmp_path, strokes):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    with pytest.raises(DataError, match="already exists"):
        write_digits(strokes, tmp_path / "out")
    assert [item.name for item in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["..", ".", "a/b", ""])
def test_class_name_cannot_escape_the_folder(tmp_path, name):
    digits = Digits(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.int64), (name,))
    with pytest.raises(DataError, match="cannot be the name"):
        write_digits(digits, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_interrupted_write_leaves_no_files(tmp_path, strokes, monkeypatch):
    def interrupt(image):
        raise KeyboardInterrupt

    monkeypatch.setattr("numerals.data.image_folders.encode_png", interrupt)
    for name, format in (("out", "folders"), ("out.csv", "file-list")):
        with pytest.raises(KeyboardInterrupt):
            write_digits(strokes, tmp_path / name, format)
    assert list(tmp_path.iterdir()) == []


def test_file_list_is_written_beside_its_pictures(tmp_path, strokes):
    labels = strokes.labels.copy()
    labels[0] = -1
    write_digits(Digits(strokes.images, labels), tmp_path / "list.csv", "file-list")
    with (tmp_path / "list.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[:3] == [["file", "label"], ["list/00.png", ""], ["list/01.png", "1"]]
    assert read_digits(tmp_path / "list.csv").labels.tolist() == labels.tolist()


def test_file_list_ignores_other_columns(tmp_path):
    photograph(tmp_path / "pictures" / "a b.png", "2")
    text = 'kind,label,file,by\nphoto,२,"pictures/a b.png","one, two"\n'
    (tmp_path / "list.csv").write_text(text, encoding="utf-8-sig")
    result = read_digits(tmp_path / "list.csv")
    assert (result.labels.tolist(), result.script) == ([2], "devanagari")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "no column file"),
        (b"file,kind\na.png,1\n", "no column label"),
        (b"file,label\n,1\n", "line 2: the cell of the file is empty"),
        (b"file,label\nmissing.png,1\n", r"missing\.png"),
        (b"file,label\n\xff,1\n", "UTF-8"),
        (b"file,label\n", "no pictures"),
    ],
)
def test_file_list_error_messages(tmp_path, text, message):
    path = tmp_path / "list.csv"
    path.write_bytes(text)
    with pytest.raises((DataError, ImageError), match=message):
        read_digits(path, "file-list")
