import struct

import numpy as np
import pytest
from digit_sets import QUICK
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from numerals.data import read_digits
from numerals.data.hoda import read_hoda, read_hoda_records
from numerals.errors import DataError
from numerals.scripts import SCRIPTS

SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 12))
BITMAPS = st.lists(
    SHAPES.flatmap(lambda shape: hnp.arrays(np.bool_, shape)), min_size=1, max_size=4
)


def runs(row):
    lengths, ink = [0], False
    for pixel in row:
        if pixel != ink:
            lengths.append(0)
            ink = not ink
        lengths[-1] += 1
    return bytes(lengths)


def cdb(bitmaps, n_records=None, image_type=0, size=(0, 0)):
    count = len(bitmaps) if n_records is None else n_records
    header = struct.pack("<HBBBBI", 2005, 8, 4, *size, count) + bytes(512) + bytes([image_type])
    content = header.ljust(1024, b"\0")
    for label, bitmap in enumerate(bitmaps):
        height, width = bitmap.shape
        data = b"".join(runs(row) for row in bitmap)
        own = b"" if any(size) else bytes([width, height])
        content += bytes([0xFF, label]) + own + struct.pack("<H", len(data)) + data
    return content


@QUICK
@given(bitmaps=BITMAPS)
def test_records_are_decoded(tmp_path, bitmaps):
    path = tmp_path / "a.cdb"
    path.write_bytes(cdb(bitmaps))
    records = read_hoda_records(path)
    assert [record.label for record in records] == list(range(len(bitmaps)))
    for record, bitmap in zip(records, bitmaps, strict=True):
        np.testing.assert_array_equal(record.to_bitmap(), bitmap * np.uint8(255))


def test_digits_are_scaled_and_centred_as_in_mnist(tmp_path):
    bitmap = np.zeros((40, 30), bool)
    bitmap[5:35, 14:17] = True
    path = tmp_path / "a.cdb"
    path.write_bytes(cdb([bitmap, bitmap.T]))
    result = read_digits(path)
    assert result.images.shape == (2, 28, 28)
    assert (result.classes[0], result.script) == (SCRIPTS["persian"][0], "persian")
    assert result.images[0, :4].max() == 0
    assert result.images[0, 14, 14] == 255


def test_common_size_in_the_header(tmp_path):
    path = tmp_path / "a.cdb"
    path.write_bytes(cdb([np.eye(6, dtype=bool)], size=(6, 6)))
    np.testing.assert_array_equal(read_hoda_records(path)[0].to_bitmap() > 0, np.eye(6, dtype=bool))


GOOD = cdb([np.eye(6, dtype=bool)] * 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected a header"),
        (GOOD[:1000], "expected a header"),
        (GOOD[:-1], "truncated or empty record 1"),
        (GOOD[:1030], "truncated or empty record 0"),
        (GOOD[:1025], "got index out of range"),
        (GOOD + b"x", "1 bytes after the last record"),
        (cdb([np.eye(6, dtype=bool)], n_records=4_000_000_000), "expected 4,000,000,000 records"),
        (cdb([np.eye(6, dtype=bool)], image_type=2), "expected bilevel"),
        (GOOD[:1024] + b"\xfe" + GOOD[1025:], "start byte 0xfe"),
        (GOOD[:1030] + b"\x09" + GOOD[1031:], "runs do not fill each row"),
        (GOOD[:1027] + b"\x00" + GOOD[1028:], "empty"),
    ],
)
def test_error_messages(tmp_path, content, message):
    path = tmp_path / "bad.cdb"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_hoda(path)
