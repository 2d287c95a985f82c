import gzip
import struct

import numpy as np
import pytest
from digit_sets import QUICK
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from numerals.data import read_digits, write_digits
from numerals.data.idx import labels_path_of, read_idx, write_idx
from numerals.errors import DataError, DataNotFoundError
from numerals.records import Digits

DTYPES = st.sampled_from(["u1", "i1", "<i2", ">i4", "<f4", ">f8"])
ARRAYS = DTYPES.flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(max_dims=4, min_side=0, max_side=5))
)


def header(*sizes, code=8):
    return struct.pack(f">HBB{len(sizes)}I", 0, code, len(sizes), *sizes)


@QUICK
@given(array=ARRAYS, name=st.sampled_from(["a-idx", "a-idx.gz"]))
def test_round_trip(tmp_path, array, name):
    write_idx(tmp_path / name, array)
    result = read_idx(tmp_path / name)
    np.testing.assert_array_equal(result, array)
    assert result.dtype == array.dtype.newbyteorder("=")
    assert not list(tmp_path.glob(".*"))


def test_gzip_is_detected_by_content(tmp_path):
    path = tmp_path / "plain-name"
    path.write_bytes(gzip.compress(header(2) + b"\x07\x08"))
    assert read_idx(path).tolist() == [7, 8]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "magic number of an empty file"),
        (b"\0\0\x08", "magic number 000008"),
        (b"\x89PNG....", "got magic number 89504e47"),
        (b"\0\0\x0a\x01\0\0\0\x01\0", "magic number"),
        (b"\0\0\x08\x00", "magic number"),
        (b"\0\0\x08\x03\0\0", "header is truncated"),
        (header(4) + b"abc", "declares 4 bytes of values, but the file holds 3"),
        (header(2) + b"abc", "declares 2 bytes of values, but the file holds 3"),
        (header(2**31, 2**31, 2**31) + b"abc", "at most"),
        (header(2**29) + b"abc", "holds 3"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_error_messages(tmp_path, content, message, pack):
    path = tmp_path / "bad-idx1-ubyte"
    path.write_bytes(pack(content))
    if pack is gzip.compress and "holds" in message:
        message = "it is damaged or truncated"
    with pytest.raises(DataError, match=message) as caught:
        read_idx(path)
    assert str(path) in str(caught.value)


def test_gzip_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(header(10) + bytes(50_000_000)))
    with pytest.raises(DataError, match="holds more"):
        read_idx(path)


def test_truncated_gzip(tmp_path):
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(header(1000) + np.random.default_rng(0).bytes(1000))[:-300])
    with pytest.raises(DataError, match="damaged"):
        read_idx(path)


def test_missing_file(tmp_path):
    with pytest.raises(DataNotFoundError, match="no such file"):
        read_idx(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        ("t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"),
        ("X_kannada_MNIST_test-idx3-ubyte.gz", "y_kannada_MNIST_test-idx1-ubyte.gz"),
        ("pictures.idx", None),
        ("some-idx3-ubyte", None),
    ],
)
def test_label_file_name_is_derived(tmp_path, images, labels):
    assert labels_path_of(tmp_path / images) == (tmp_path / labels if labels else None)


def test_digits_are_written_to_two_files(tmp_path, strokes):
    path = tmp_path / "own-images-idx3-ubyte.gz"
    write_digits(strokes, path)
    assert sorted(item.name for item in tmp_path.iterdir()) == [
        "own-images-idx3-ubyte.gz",
        "own-labels-idx1-ubyte.gz",
    ]
    result = read_digits(path)
    np.testing.assert_array_equal(result.images, strokes.images)
    np.testing.assert_array_equal(result.labels, strokes.labels)


def test_label_file_may_be_uncompressed(tmp_path, strokes):
    write_idx(tmp_path / "a-images-idx3-ubyte.gz", strokes.images)
    write_idx(tmp_path / "a-labels-idx1-ubyte", strokes.labels.astype(np.uint8))
    assert read_digits(tmp_path / "a-images-idx3-ubyte.gz").labels.tolist()[:3] == [0, 1, 2]


def test_unlabelled_digits_are_written_to_one_file(tmp_path, strokes):
    path = tmp_path / "own-images-idx3-ubyte"
    write_digits(Digits(strokes.images, strokes.labels * 0 - 1), path)
    assert [item.name for item in tmp_path.iterdir()] == [path.name]
    assert set(read_digits(path).labels.tolist()) == {-1}


def test_number_of_labels_must_match(tmp_path, strokes):
    write_idx(tmp_path / "a-images-idx3-ubyte", strokes.images)
    write_idx(tmp_path / "a-labels-idx1-ubyte", np.zeros(29, np.uint8))
    with pytest.raises(DataError, match="one integer for each of the 30 images"):
        read_digits(tmp_path / "a-images-idx3-ubyte")


def test_label_file_is_not_read_as_images(tmp_path):
    write_idx(tmp_path / "a-labels-idx1-ubyte", np.zeros(29, np.uint8))
    with pytest.raises(DataError, match="name the images file"):
        read_digits(tmp_path / "a-labels-idx1-ubyte")


def test_name_without_label_file_name_is_refused(tmp_path, strokes):
    with pytest.raises(DataError, match="images-idx3-ubyte"):
        write_digits(strokes, tmp_path / "digits.idx", "idx")
    with pytest.raises(DataError, match="IDX cannot hold int64"):
        write_idx(tmp_path / "a", strokes.labels)
