import numpy as np
import pytest
from digit_sets import QUICK
from hypothesis import given, settings
from hypothesis import strategies as st
from test_hoda import GOOD

from numerals.data import read_digits, write_digits
from numerals.errors import NumeralsError
from numerals.records import Digits

NAMES = {
    "npz": "a.npz",
    "idx": "a-images-idx3-ubyte",
    "mnist-pickle": "a.pkl",
    "kaggle-csv": "a.csv",
    "hoda": "a.cdb",
}
EDITS = st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=3), st.integers(0, 3)), max_size=4)


@pytest.fixture(params=NAMES)
def sample(request, tmp_path):
    path = tmp_path / NAMES[request.param]
    if request.param == "hoda":
        path.write_bytes(GOOD)
    else:
        images = np.arange(3 * 16, dtype=np.uint8).reshape(3, 4, 4)
        write_digits(Digits(images, np.arange(3)), path)
    return request.param, path, path.read_bytes()


@settings(QUICK, max_examples=80)
@given(edits=EDITS, cut=st.floats(0, 1))
def test_damaged_files_raise_numerals_errors_or_are_read(sample, edits, cut):
    format, path, content = sample
    for place, inserted, removed in edits:
        start = int(place * len(content))
        content = content[:start] + inserted + content[start + removed :]
    path.write_bytes(content[: int(len(content) * min(1, cut + 0.5))])
    try:
        result = read_digits(path, format)
    except NumeralsError as error:
        assert str(path.parent) in str(error) and path.name in str(error)
    else:
        assert result.images.dtype == np.uint8
        assert len(result.images) == len(result.labels)
