import gzip
import time

import numpy as np
import pytest
from digit_sets import QUICK, assert_same, squares
from hypothesis import given
from hypothesis import strategies as st

from numerals.data import read_digits, write_digits
from numerals.data.kaggle_csv import read_kaggle_csv
from numerals.errors import DataError, DataNotFoundError
from numerals.records import Digits

HEADER = "label,pixel0,pixel1,pixel2,pixel3\n"


@QUICK
@given(digits=squares(), labelled=st.booleans(), name=st.sampled_from(["a.csv", "a.csv.gz"]))
def test_round_trip(tmp_path, digits, labelled, name):
    if not labelled:
        digits = Digits(digits.images, digits.labels * 0 - 1)
    write_digits(digits, tmp_path / name)
    assert_same(read_digits(tmp_path / name), digits)


def test_written_columns_follow_kaggle(tmp_path, strokes):
    path = tmp_path / "digits.csv"
    write_digits(strokes, path)
    columns = path.read_text().splitlines()[0].split(",")
    assert columns == ["label", *(f"pixel{i}" for i in range(784))]
    write_digits(Digits(strokes.images, strokes.labels * 0 - 1), path)
    assert path.read_text().splitlines()[0].split(",") == columns[1:]


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "5,0,1,20,255\n",
        HEADER + "5,0,1,20,255",
        HEADER.replace("\n", "\r\n") + "5,0,1,20,255\r\n\r\n",
        "\ufeff" + HEADER + "5, 0,1.0,020,255 \n",
        "label,1x1,1x2,2x1,2x2\n5,0,1,20,255\n",
        '"label","pixel0","pixel1","pixel2","pixel3"\n"5","0","1","20","255"\n',
    ],
)
def test_variants(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8", newline="")
    result = read_digits(path)
    assert result.labels.tolist() == [5]
    assert result.images.ravel().tolist() == [0, 1, 20, 255]


def test_id_column_is_ignored(tmp_path):
    (tmp_path / "a.csv").write_text("id,pixel0\n7,1\n8,2\n")
    result = read_kaggle_csv(tmp_path / "a.csv")
    assert result.labels.tolist() == [-1, -1]
    assert result.images.ravel().tolist() == [1, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: got 1 columns"),
        ("label,pixel0,pixel1\n", "line 1: got 3 columns"),
        ("label,pixel0,pixel1,pixel3,pixel2\n", "line 1"),
        ("pixel1,pixel0,label\n", "line 1: got 3 columns"),
        (HEADER + "1,2,3,4,5\n1,2,3,4\n", "line 3: got 4 columns, expected 5"),
        (HEADER + "1,2,3,4,5,6\n", "line 2: got 6 columns, expected 5"),
        (HEADER + "1,2,3,4,5\n\n1,2,x,4,5\n", "line 4, column 3: got 'x'"),
        (HEADER + "1,2,256,4,5\n", "line 2, column 3: got '256'"),
        (HEADER + "1,2,-1,4,5\n", "line 2, column 3: got '-1'"),
        (HEADER + "1,2,,4,5\n", "line 2, column 3: got ''"),
        (HEADER + "1,2,nan,4,5\n", "line 2, column 3: got 'nan'"),
        (HEADER + "1,2,1e400,4,5\n", "line 2, column 3"),
        (HEADER + "1,2,0.5,4,5\n", "line 2, column 3"),
        (HEADER + "-2,2,3,4,5\n", "line 2, column 1"),
        (HEADER + "1,2,\0,4,5\n", "line 2, column 3"),
        # the number of values of two lines, but not in two equal lines
        (HEADER + "1,2,3,4\n5,1,2,3,4,5\n", "line 2: got 4 columns"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_error_messages_name_the_line(tmp_path, text, message, pack):
    path = tmp_path / "bad.csv"
    path.write_bytes(pack(text.encode()))
    with pytest.raises(DataError, match=message) as caught:
        read_kaggle_csv(path)
    assert str(path) in str(caught.value)


def test_line_numbers_continue_across_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("numerals.data.kaggle_csv._BLOCK_BYTES", 16)
    path = tmp_path / "bad.csv"
    path.write_text(HEADER + "1,2,3,4,5\n" * 20 + "1,2,3,4,z\n")
    with pytest.raises(DataError, match="line 22, column 5"):
        read_kaggle_csv(path)


def test_reading_is_fast(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (3000, 28, 28), np.uint8)
    write_digits(Digits(images, np.arange(3000) % 10), tmp_path / "a.csv")
    start = time.perf_counter()
    result = read_kaggle_csv(tmp_path / "a.csv")
    elapsed = time.perf_counter() - start
    np.testing.assert_array_equal(result.images, images)
    assert elapsed < 2.5  # seconds; about 0.2 on an idle machine


def test_images_must_be_square_and_files_exist(tmp_path):
    with pytest.raises(DataError, match="square"):
        write_digits(Digits(np.zeros((1, 2, 3), np.uint8), np.zeros(1, int)), tmp_path / "a.csv")
    with pytest.raises(DataNotFoundError):
        read_kaggle_csv(tmp_path / "nothing.csv")
