"""What several tests of data sets share: strategies and a comparison."""

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
    """Digits of square pictures with any content within a dark border, white somewhere."""

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


def assert_same(found, expected):
    np.testing.assert_array_equal(found.images, expected.images)
    np.testing.assert_array_equal(found.labels, expected.labels)
    assert found.images.dtype == np.uint8
    assert found.labels.dtype == np.int64
    assert found.classes == expected.classes
