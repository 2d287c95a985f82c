"""Hypothesis strategies and a comparison for the tests of data sets."""

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from numerals.records import Digits

QUICK = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def squares(max_side=12, labelled=True):
    """Return a strategy for digits with square images: any content, dark border, a white pixel."""

    def build(shape):
        n_images, side = shape
        content = hnp.arrays(np.uint8, (n_images, side, side))
        images = content.map(_framed)
        labels = hnp.arrays(np.int64, n_images, elements=st.integers(0, 9))
        return st.builds(Digits, images, labels)

    return st.tuples(st.integers(1, 4), st.integers(1, max_side)).flatmap(build)


def _framed(content):
    content[0, 0, 0] = 255
    return np.pad(content, ((0, 0), (content.shape[1], content.shape[1]), (content.shape[1],) * 2))


def assert_same(result, expected):
    np.testing.assert_array_equal(result.images, expected.images)
    np.testing.assert_array_equal(result.labels, expected.labels)
    assert result.images.dtype == np.uint8
    assert result.labels.dtype == np.int64
    assert result.classes == expected.classes
