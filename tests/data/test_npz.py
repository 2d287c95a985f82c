import zipfile

import numpy as np
import pytest
from digit_sets import QUICK, assert_same
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from numerals.data import read_digits, write_digits
from numerals.data.file_options import FileOptions
from numerals.data.npz import read_npz
from numerals.errors import DataError, DataNotFoundError, UnknownNameError
from numerals.records import Digits
from numerals.scripts import SCRIPTS


@QUICK
@given(
    images=hnp.arrays(np.uint8, hnp.array_shapes(min_dims=3, max_dims=3, min_side=0, max_side=6)),
    script=st.sampled_from(sorted(SCRIPTS)),
    data=st.data(),
)
def test_round_trip(tmp_path, images, script, data):
    labels = data.draw(hnp.arrays(np.int64, len(images), elements=st.integers(-1, 9)))
    writers = data.draw(st.none() | hnp.arrays(np.int64, len(images)))
    digits = Digits(images, labels, SCRIPTS[script], "mine", script, writers)
    write_digits(digits, tmp_path / "a.npz")
    result = read_digits(tmp_path / "a.npz")
    assert_same(result, digits)
    assert (result.name, result.script) == ("mine", script)
    assert (result.writers is None) == (writers is None)
    if writers is not None:
        np.testing.assert_array_equal(result.writers, writers)


def test_keras(tmp_path):
    path = tmp_path / "mnist.npz"
    images = np.zeros((4, 28, 28), np.uint8)
    images[:, 10:20, 14] = 255
    labels = np.array([1, 2, 3, 4], np.uint8)
    np.savez(path, x_train=images[:3], y_train=labels[:3], x_test=images[3:], y_test=labels[3:])
    assert read_digits(path).labels.tolist() == [1, 2, 3]
    assert read_digits(path, split="test").labels.tolist() == [4]
    np.testing.assert_array_equal(read_npz(path).images, images[:3])
    with pytest.raises(UnknownNameError, match="validation"):
        read_npz(path, FileOptions(split="validation"))


def test_dark_ink_in_colour_becomes_bright(tmp_path):
    images = np.full((2, 32, 32, 3), 255, np.uint8)
    images[:, 10:20, 16] = 0
    np.savez_compressed(tmp_path / "a.npz", images=images, labels=np.array([0, 9]))
    result = read_npz(tmp_path / "a.npz")
    assert result.images.shape == (2, 32, 32)
    assert result.images[0, 15, 16] == 255
    assert result.images[0, 0, 0] == 0


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": np.array([None, 1], object)}, "Python objects"),
        ({"images": np.zeros((2, 4, 4), np.uint8), "labels": np.array(["a", {}], object)}, "objec"),
        ({"images": np.full((2, 4, 4), 1 + 2j)}, "complex128"),
        ({"images": np.zeros((2, 17), np.uint8)}, r"shape \(2, 17\)"),
        ({"images": np.zeros((2, 4, 4), np.uint8), "labels": np.arange(3)}, "each of 2 images"),
        ({"stuff": np.zeros((2, 3, 4), np.uint8)}, "got stuff"),
        ({}, "no arrays"),
        (
            {
                "images": np.zeros((1, 4, 4), np.uint8),
                "labels": np.array([5]),
                "classes": np.array(["a"]),
            },
            "to 5 with 1 classes",
        ),
    ],
)
def test_error_messages(tmp_path, arrays, message):
    path = tmp_path / "bad.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=message):
        read_npz(path)


@pytest.mark.parametrize("labels", [[-2], [2**40]])
def test_labels_out_of_range(tmp_path, labels):
    path = tmp_path / "bad.npz"
    np.savez(path, images=np.zeros((1, 4, 4), np.uint8), labels=np.array(labels))
    with pytest.raises(DataError, match="labels from"):
        read_npz(path)


def npy(shape, content=b""):
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}"
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + content


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (npy("(2, 4, 4)", bytes(31)), "declares shape"),
        (npy("(2, 4, 4)", bytes(33)), "declares shape"),
        (npy("(1000000, 1000, 1000)"), "at most"),
        (npy("(-1, 4, 4)"), "declares|at most"),
        (b"", "cannot|can be read"),
        (b"not an array", "cannot be read"),
    ],
)
def test_wrong_declared_sizes_are_refused(tmp_path, member, message):
    path = tmp_path / "bad.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", member)
    with pytest.raises(DataError, match=message):
        read_npz(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text"])
def test_other_content_is_refused(tmp_path, content):
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"bad\.npz"):
        read_npz(path)
    with pytest.raises(DataError, match=r"bad\.npz"):
        read_digits(path)
    with pytest.raises(DataNotFoundError):
        read_npz(tmp_path / "nothing.npz")
