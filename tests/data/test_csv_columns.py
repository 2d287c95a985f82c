"""Variants of CSV files: without names, label last, row numbers, other delimiters."""

import gzip
import io
import zipfile

import numpy as np
import pytest

from numerals.data import read_digits
from numerals.errors import DataError

SIDE = 5
NAMES = [f"pixel{i}" for i in range(SIDE * SIDE)]


@pytest.fixture
def digits():
    """Return 24 images with a dark border, and shuffled labels."""
    rng = np.random.default_rng(1)
    images = np.zeros((24, SIDE, SIDE), np.uint8)
    images[:, 1:4, 1:4] = rng.integers(20, 256, (24, 3, 3))
    return images, rng.permutation(24) % 10


def table(images, labels=None, *, last=False, index=None, header=None, delimiter=",", quote=""):
    """Return a CSV with the label first or last, and optionally a column of row numbers."""
    lines = [] if header is None else [delimiter.join(header)]
    for number, pixels in enumerate(images.reshape(len(images), -1)):
        cells = [str(value) for value in pixels.tolist()]
        if labels is not None:
            label = f"{quote}{labels[number]}{quote}"
            cells = [*cells, label] if last else [label, *cells]
        lines.append(delimiter.join(cells if index is None else [str(number + index), *cells]))
    return "\n".join(lines) + "\n"


def check(path, digits, labelled=True):
    images, labels = digits
    result = read_digits(path)
    np.testing.assert_array_equal(result.images, images)
    assert result.labels.tolist() == (labels.tolist() if labelled else [-1] * len(images))
    return result


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"last": True},
        {"last": True, "header": [f"pixel{i + 1}" for i in range(25)] + ["class"]},
        {"index": 0, "header": ["", "label", *NAMES]},
        {"index": 0, "header": ["Unnamed: 0", "label", *NAMES]},
        {"index": 1},
        {"index": 0, "last": True, "header": ["", *(str(i) for i in range(26))]},
        {"header": [str(i) for i in range(26)]},
        {"header": ["label", *(str(i) for i in range(25))]},
        {"header": ["Label", *(f"V{i}" for i in range(25))]},
        {"header": ["written", *NAMES]},
        {"delimiter": ";"},
        {"delimiter": "\t", "header": ["label", *NAMES]},
        {"delimiter": " "},
        {"quote": "'", "last": True},
        {"quote": '"'},
    ],
    ids=repr,
)
def test_label_and_row_number_columns_are_detected(tmp_path, digits, options):
    (tmp_path / "a.csv").write_text(table(*digits, **options))
    check(tmp_path / "a.csv", digits)


@pytest.mark.parametrize("options", [{}, {"index": 0}, {"index": 0, "header": ["", *NAMES]}])
def test_files_without_label_column_are_unlabelled(tmp_path, digits, options):
    (tmp_path / "a.csv").write_text(table(digits[0], **options))
    check(tmp_path / "a.csv", digits, labelled=False)


def test_ten_rows_with_the_labels_in_order_have_no_row_number(tmp_path, digits):
    (tmp_path / "a.csv").write_text(table(digits[0][:10], np.arange(10)))
    check(tmp_path / "a.csv", (digits[0][:10], np.arange(10)))


def test_windows_line_ends_byte_order_mark_and_trailing_delimiter(tmp_path, digits):
    text = "\ufeff" + table(*digits, header=["label", *NAMES]).replace("\n", ",\r\n")
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    check(tmp_path / "a.csv", digits)


def test_gzip_and_zip(tmp_path, digits):
    text = table(*digits).encode()
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text))
    check(tmp_path / "a.csv.gz", digits)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("digits/all.csv", text)
        archive.writestr("__MACOSX/all.csv", b"")
    check(tmp_path / "a.zip", digits)


def test_split_selects_among_several_files_of_a_zip(tmp_path, digits):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("train.csv", table(*digits))
        archive.writestr("test.csv", table(digits[0][:3]))
        archive.writestr("sample.csv", "id,label\n")
    (tmp_path / "kaggle.zip").write_bytes(buffer.getvalue())
    check(tmp_path / "kaggle.zip", digits)
    assert len(read_digits(tmp_path / "kaggle.zip", split="test")) == 3
    with pytest.raises(DataError, match=r"train\.csv, test\.csv.*--split"):
        read_digits(tmp_path / "kaggle.zip", split="validation")


def test_labels_may_be_floats_or_strings(tmp_path, digits):
    images, labels = digits
    (tmp_path / "a.csv").write_text(table(images, [f"{label}.0" for label in labels]))
    check(tmp_path / "a.csv", digits)
    (tmp_path / "b.csv").write_text(table(images, ["seven" if n else "two" for n in labels]))
    result = read_digits(tmp_path / "b.csv")
    assert result.classes == ("seven", "two")
    assert result.labels.tolist() == [int(label == 0) for label in labels]


def test_label_column_option_selects_the_label(tmp_path, digits):
    images, labels = digits
    both = ["class", *NAMES[:-1], "label"]
    pixels = images.copy()
    pixels[:, -1, -1] = labels  # two columns that may be the label
    (tmp_path / "a.csv").write_text(table(pixels, labels, header=both))
    with pytest.raises(DataError, match=r"'class' and 'label'.*--label-column"):
        read_digits(tmp_path / "a.csv")
    for name in ("class", "0", "-26"):
        assert read_digits(tmp_path / "a.csv", label_column=name).labels.tolist() == labels.tolist()
    assert read_digits(tmp_path / "a.csv", label_column="label").labels.tolist() == labels.tolist()
    with pytest.raises(DataError, match="no column 'digit' for --label-column"):
        read_digits(tmp_path / "a.csv", label_column="digit")
    (tmp_path / "b.csv").write_text(table(pixels, labels))
    with pytest.raises(DataError, match=r"first or the last.*--label-column 0"):
        read_digits(tmp_path / "b.csv")
    assert len(read_digits(tmp_path / "b.csv", label_column="-1")) == 24


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (",".join("0" * 24) + "\n", "got 24 columns.*--label-column"),
        ("usage," + ",".join(["label", *NAMES]) + "\n", "got 27 columns"),
        (",".join([*NAMES[:3], "pixel4", "pixel3", *NAMES[5:]]) + "\n", "expected reading order"),
    ],
)
def test_undetectable_columns_name_the_option(tmp_path, text, message):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        read_digits(tmp_path / "a.csv")


def test_delimiter_option_accepts_names(tmp_path, digits):
    (tmp_path / "a.csv").write_text(table(*digits, delimiter="/"))
    with pytest.raises(DataError):
        read_digits(tmp_path / "a.csv")
    result = read_digits(tmp_path / "a.csv", "kaggle-csv", delimiter="/")
    np.testing.assert_array_equal(result.images, digits[0])
    with pytest.raises(DataError, match="one character"):
        read_digits(tmp_path / "a.csv", "kaggle-csv", delimiter="ab")
