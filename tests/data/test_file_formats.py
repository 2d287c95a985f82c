import subprocess
import sys

import numpy as np
import pytest

from numerals.data import FILE_FORMATS, read_digits, write_digits
from numerals.errors import DataError, DataNotFoundError, MissingExtraError, UnknownNameError

NAMES = {
    "folders": "out",
    "npz": "out.npz",
    "idx": "out-images-idx3-ubyte",
    "mnist-pickle": "out.pkl.gz",
    "kaggle-csv": "out.csv.gz",
    "file-list": "out.csv",
}


@pytest.mark.parametrize("format", NAMES)
def test_written_formats_are_detected(tmp_path, strokes, format):
    path = tmp_path / NAMES[format]
    write_digits(strokes, path, format)
    assert [name for name in FILE_FORMATS if FILE_FORMATS[name].sniff(path)] == [format]
    found = read_digits(path)
    order = np.argsort(found.labels, kind="stable")
    expected = np.argsort(strokes.labels, kind="stable")
    np.testing.assert_array_equal(found.images[order], strokes.images[expected])


@pytest.mark.parametrize("format", [name for name in NAMES if name != "file-list"])
def test_file_name_selects_the_format(tmp_path, strokes, format):
    path = tmp_path / NAMES[format]
    write_digits(strokes, path)
    assert FILE_FORMATS[format].sniff(path)


def test_writable_formats():
    assert {name for name, entry in FILE_FORMATS.items() if entry.write} == set(NAMES)


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x89PNG\r\n\x1a\n", b"a,b\n1,2\n"])
def test_unknown_content(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match="empty file" if not content else "no known format"):
        read_digits(path)
    for format in FILE_FORMATS:
        with pytest.raises((DataError, DataNotFoundError, MissingExtraError)):
            read_digits(path, format)


def test_unknown_names(tmp_path, strokes):
    with pytest.raises(DataNotFoundError, match="nothing: no such file"):
        read_digits(tmp_path / "nothing")
    with pytest.raises(UnknownNameError, match="known: file-list, folders"):
        read_digits(tmp_path, "cvs")
    with pytest.raises(DataError, match="does not tell the format"):
        write_digits(strokes, tmp_path / "out.xyz")
    with pytest.raises(DataError, match="hoda is read only"):
        write_digits(strokes, tmp_path / "out.cdb", "hoda")


@pytest.mark.parametrize("format", NAMES)
def test_unwritable_folder_raises(tmp_path, strokes, format):
    with pytest.raises(DataError, match="cannot be written"):
        write_digits(strokes, tmp_path / "nothing" / NAMES[format], format)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", [name for name in NAMES if name != "folders"])
def test_failed_write_keeps_the_old_file(tmp_path, strokes, format, monkeypatch):
    path = tmp_path / NAMES[format]
    path.write_bytes(b"old")

    def fail(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(DataError, match="No space left"):
        write_digits(strokes, path, format)
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_import_loads_no_heavy_packages():
    code = (
        "import sys, numerals.data; heavy = {'requests', 'sklearn', 'matplotlib', 'torch',"
        " 'scipy', 'pandas', 'rich'}; print(heavy & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"
