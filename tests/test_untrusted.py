"""Failures in reading untrusted files become errors of numerals that name the file."""

import json
import os
import pickle
import zipfile

import cv2
import numpy as np
import pytest

from numerals.data import read_digits
from numerals.data.hoda import read_hoda_records
from numerals.errors import DataError, DataNotFoundError, ModelError, NumeralsError
from numerals.forms import load_template
from numerals.untrusted import read_bounded, reading_untrusted, reads_untrusted


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (PermissionError(13, "Permission denied"), "cannot be read .Permission denied."),
        (MemoryError(), "does not fit into memory"),
        (RecursionError("maximum recursion depth"), "nested too deeply"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), "not text in UTF-8"),
        (SyntaxError("odd header"), "is damaged.*SyntaxError: odd header"),
        (KeyError(), "is damaged.*KeyError"),
    ],
)
def test_all_exceptions_become_errors_that_name_the_file(cause, message):
    with pytest.raises(ModelError, match=rf"x\.bin: .*{message}") as caught:
        with reading_untrusted("x.bin", ModelError):
            raise cause
    assert caught.value.__cause__ is cause


def test_numerals_errors_missing_files_and_broken_pipes():
    with pytest.raises(DataError, match=r"^as it was$"), reading_untrusted("x.bin"):
        raise DataError("as it was")
    with pytest.raises(DataNotFoundError, match="no such file"), reading_untrusted("x.bin"):
        raise FileNotFoundError
    with pytest.raises(BrokenPipeError), reading_untrusted("x.bin"):
        raise BrokenPipeError


def test_a_decorated_reader_keeps_its_name():
    @reads_untrusted()
    def read(path):
        """Read."""
        return 1 // path

    assert read(1) == 1 and (read.__name__, read.__doc__) == ("read", "Read.")
    with pytest.raises(DataError, match="0: is damaged"):
        read(0)
    with pytest.raises(DataError, match="0: is damaged"):
        read(path=0)


def test_pipes_devices_and_large_files_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, "/dev/zero"):
        with pytest.raises(DataError, match="expected a file"):
            read_bounded(tmp_path / path, 10)
    (tmp_path / "large").write_bytes(bytes(11))
    with pytest.raises(DataError, match="more than 10 bytes"):
        read_bounded(tmp_path / "large", 10)


def npz_of(path, header, content=b"\0" * 64):
    """Write an archive whose array ``images`` has the given header."""
    data = b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little") + header.encode() + content
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images.npy", data)
    return path


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '|u1', 'fortran_order': False, 'shape': (%s,), }" % ("9" * 5000),
        "{'descr': '|u1', 'fortran_order': False, 'shape': (0x%s,), }" % ("f" * 6000),
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 4), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (4000000000, 0, 0), }",
        "{'descr': '<U0', 'fortran_order': False, 'shape': (1000000000000,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|u1', 'fortran_order': 7, 'shape': (64,), }",
        "(" * 3000,
        "'''",
        "",
    ],
)
def test_invalid_npz_headers_are_refused(tmp_path, header):
    with pytest.raises(DataError, match=r"x\.npz"):
        read_digits(npz_of(tmp_path / "x.npz", header), "npz")


def test_many_empty_rows_are_refused(tmp_path):
    path = tmp_path / "a-images-idx3-ubyte"
    path.write_bytes(b"\0\0\x08\x03" + b"\xff" * 4 + bytes(8))  # 4,294,967,295 images of 0x0
    with pytest.raises(DataError, match="declares an array of shape"):
        read_digits(path)


def test_repeated_encoding_in_a_pickle_is_refused(tmp_path):
    text = b"X" + (1000).to_bytes(4, "little") + b"x" * 1000 + b"q\x00"  # memo entry 0
    again = b"c_codecs\nencode\n" + b"h\x00" + b"X\x06\0\0\0latin1" + b"\x86R"
    (tmp_path / "x.pkl").write_bytes(b"\x80\x02" + text + again * 50 + b".")
    with pytest.raises(DataError, match="encoded repeatedly"):
        read_digits(tmp_path / "x.pkl")


def test_huge_shape_in_a_pickle_is_refused(tmp_path):
    array = np.zeros((1, 4), np.float32)
    content = pickle.dumps(((array, np.zeros(1, int)),) * 3, 2)
    huge = b"\x8a\xff" + b"\x7f" * 255  # LONG1 of 255 bytes, replaces 4
    (tmp_path / "x.pkl").write_bytes(content.replace(b"K\x01K\x04\x86", b"K\x01" + huge + b"\x86"))
    with pytest.raises(DataError, match=r"x\.pkl"):
        read_digits(tmp_path / "x.pkl")


def test_number_of_hoda_records_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr("numerals.data.hoda._MAX_RECORDS", 2)
    header = bytearray(1024)
    header[4:10] = b"\x01\x01" + (3).to_bytes(4, "little")
    (tmp_path / "x.cdb").write_bytes(bytes(header) + b"\xff\x01\x01\0\x01" * 3)
    with pytest.raises(DataError, match="more than 2 records"):
        read_hoda_records(tmp_path / "x.cdb")


@pytest.mark.parametrize(
    "line",
    [
        f"box = [1, {'9' * 5000}, 3, 4]",
        f"box = [1, 0x{'f' * 6000}, 3, 4]",
        "box = " + "[" * 20_000,
        "box = " + "{a=" * 20_000,
        "box = [1e999, nan, 3, 4]",
        'name = "\ud800"',
    ],
)
def test_toml_with_extreme_numbers_or_nesting(tmp_path, line):
    path = tmp_path / "form.toml"
    text = f'image = "form.png"\n[[field]]\nname = "a"\n{line}\n'
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    cv2.imwrite(str(tmp_path / "form.png"), np.full((40, 40), 255, np.uint8))
    with pytest.raises(NumeralsError, match="form") as caught:
        load_template(path)
    assert len(str(caught.value)) < 1000 and json.dumps(str(caught.value))
