import gzip

import pytest

from numerals.data.bounded_files import check_size, raw_head, read_head, translate_read_errors
from numerals.errors import DataError, DataNotFoundError, MissingExtraError


def test_heads_of_gzip_and_missing_files(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"content"))
    assert raw_head(tmp_path / "a.gz", 2) == b"\x1f\x8b"
    assert read_head(tmp_path / "a.gz", 3) == b"con"
    assert raw_head(tmp_path / "missing", 2) == read_head(tmp_path / "missing", 2) == b""


def test_parser_errors_become_data_errors_that_name_the_file(tmp_path):
    message = r"a\.h5: cannot be read as an HDF5 file \(bad header\); fetch or copy it again"
    with pytest.raises(DataError, match=message) as caught:
        with translate_read_errors(tmp_path / "a.h5", "an HDF5 file", (ValueError,)):
            raise ValueError("bad header\nat byte 7")
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FileNotFoundError(), DataNotFoundError),
        (MissingExtraError("reading HDF5", "files"), MissingExtraError),
        (ZeroDivisionError(), ZeroDivisionError),
    ],
)
def test_missing_files_numerals_errors_and_other_errors(tmp_path, error, expected):
    with pytest.raises(expected):
        with translate_read_errors(tmp_path / "a.h5", "an HDF5 file", (ValueError, OSError)):
            raise error


@pytest.mark.parametrize("shape", [(1 << 31,), (2,) * 40, (-1, 2), (1 << 31, 0)])
def test_sizes_above_the_limits_are_refused(tmp_path, shape):
    with pytest.raises(DataError, match="declares an array of shape"):
        check_size(tmp_path / "a.npy", shape, 1)
    assert check_size(tmp_path / "a.npy", (3, 4), 2) == 24
