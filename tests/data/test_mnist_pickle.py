import gzip
import os
import pickle

import numpy as np
import pytest
from digit_sets import QUICK, assert_same, squares
from hypothesis import given

from numerals.data import read_digits, write_digits
from numerals.data.mnist_pickle import read_mnist_pickle
from numerals.errors import DataError, UnknownNameError
from numerals.records import Digits

PIXELS = np.arange(2 * 16, dtype=np.float32).reshape(2, 16) / 256
PAIR = (PIXELS, np.array([3, 4]))


class Runs:
    """An object whose unpickling calls a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def save(path, value, protocol=2):
    path.write_bytes(gzip.compress(pickle.dumps(value, protocol=protocol)))
    return path


@QUICK
@given(digits=squares())
def test_round_trip(tmp_path, digits):
    path = tmp_path / "mnist.pkl.gz"
    write_digits(digits, path)
    assert_same(read_digits(path), digits)
    assert len(read_digits(path, split="test")) == 0


@pytest.mark.parametrize("protocol", range(5))
def test_protocols(tmp_path, protocol):
    path = save(tmp_path / "mnist.pkl.gz", (PAIR, PAIR, PAIR), protocol)
    assert read_mnist_pickle(path, "validation").images[1, 0].tolist() == [16, 17, 18, 19]


def test_python_2(tmp_path):
    text = pickle.dumps((PAIR, PAIR, PAIR), protocol=2)
    text = text.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(gzip.compress(text))
    assert read_mnist_pickle(path).labels.tolist() == [3, 4]


def test_python_2_strings(tmp_path):
    raw = PIXELS.tobytes()
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR(K\x01(K\x02K\x10t"
        b"cnumpy\ndtype\n(U\x02f4K\x00K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00"
        b"tb\x89T" + len(raw).to_bytes(4, "little") + raw + b"tb"
    )
    pair = b"(" + array + b"]q\x01(K\x03K\x04et"
    path = tmp_path / "mnist.pkl"
    path.write_bytes(b"\x80\x02(" + pair * 3 + b"t.")
    result = read_digits(path)
    assert result.labels.tolist() == [3, 4]
    assert result.images[0, 0].tolist() == [0, 1, 2, 3]


def test_pixels_divided_by_255(tmp_path):
    pixels = np.array([[0, 1, 128, 255]], np.float32) / np.float32(255)
    path = save(tmp_path / "mnist.pkl.gz", ((pixels, np.array([1])),) * 3)
    assert read_mnist_pickle(path).images.ravel().tolist() == [0, 1, 128, 255]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Runs(os.system, "touch ran"), "system"),
        (Runs(eval, "open('ran', 'w')"), "eval"),
        (Runs(exec, "open('ran', 'w')"), "exec"),
        (Runs(getattr, PIXELS, "tofile"), "getattr"),
        ((PAIR, PAIR, (PIXELS, Runs(os.system, "touch ran"))), "system"),
        (((np.array([PIXELS, None], object), PAIR[1]), PAIR, PAIR), "instead of|is not|got"),
        (((np.array(["a"]), PAIR[1]), PAIR, PAIR), "dtype"),
        (((np.zeros(1, "f4,f4"), PAIR[1]), PAIR, PAIR), "dtype"),
        (({"a": 1}, PAIR, PAIR), "mnist.pkl.gz"),
        ((PAIR, PAIR), "2 parts"),
        ("text", "got"),
        (((PIXELS, np.array([1])), PAIR, PAIR), "2 images, 1 labels"),
        (((PIXELS + 2, PAIR[1]), PAIR, PAIR), r"outside \[0, 1\]"),
        (((PIXELS * np.float32("nan"), PAIR[1]), PAIR, PAIR), r"outside \[0, 1\]"),
        (((PIXELS[:, :15], PAIR[1]), PAIR, PAIR), "shape"),
        (((PIXELS, PAIR[1] * 1.0), PAIR, PAIR), "labels of float"),
    ],
)
def test_other_pickles_are_refused(tmp_path, monkeypatch, value, message):
    monkeypatch.chdir(tmp_path)
    path = save(tmp_path / "mnist.pkl.gz", value)
    with pytest.raises(DataError, match=message):
        read_mnist_pickle(path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        b"\x80\x02",
        b"\x80\x04\x8e" + (2**60).to_bytes(8, "little") + b".",  # truncated
        b"\x80\x02Nr\xff\xff\xff\x7f.",  # a memo of 2**31 entries
        b"\x80\x02cnumpy\nndarray\n(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ftR.",  # an enormous array
        b"\x80\x02cnumpy\nload\n.",
        b"(S'touch ran'\nios\nsystem\n.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x09touch ran\x85R.",
    ],
)
def test_hostile_bytes(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mnist.pkl").write_bytes(content)
    with pytest.raises(DataError):
        read_mnist_pickle("mnist.pkl")
    assert not (tmp_path / "ran").exists()


def test_gzip_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr("numerals.data.mnist_pickle._MAX_PICKLE_BYTES", 1000)
    path = save(tmp_path / "mnist.pkl.gz", ((np.zeros((99, 784), "f4"), np.zeros(99, int)),) * 3)
    with pytest.raises(DataError, match="more than 1,000 bytes"):
        read_mnist_pickle(path)


def test_unknown_split_and_shape(tmp_path):
    path = save(tmp_path / "mnist.pkl.gz", (PAIR, PAIR, PAIR))
    with pytest.raises(UnknownNameError, match="validation"):
        read_mnist_pickle(path, "valid")
    with pytest.raises(DataError, match="square"):
        write_digits(Digits(np.zeros((1, 2, 3), np.uint8), np.zeros(1, np.int64)), path)
