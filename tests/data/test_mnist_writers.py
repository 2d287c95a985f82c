import dataclasses

import numpy as np
import pytest

from numerals.data import attach_mnist_writers, load_digits
from numerals.data.idx import write_idx


@pytest.fixture
def mnist(no_data, strokes):
    """Write MNIST's test split and QMNIST's labels; return MNIST's digits."""
    for folder in ("mnist", "qmnist"):
        (no_data / folder).mkdir()
    labels = strokes.labels.astype(np.uint8)
    write_idx(no_data / "mnist" / "t10k-images-idx3-ubyte.gz", strokes.images)
    write_idx(no_data / "mnist" / "t10k-labels-idx1-ubyte.gz", labels)
    table = np.stack([strokes.labels, strokes.labels, 100 + strokes.labels], axis=1)
    write_idx(no_data / "qmnist" / "qmnist-test-labels-idx2-int.gz", table.astype(np.int32))
    return load_digits("mnist", "test")


def test_mnist_gets_the_writers_of_qmnist(mnist):
    with_writers = attach_mnist_writers(mnist, "test")
    np.testing.assert_array_equal(with_writers.writers, 100 + mnist.labels)
    assert (with_writers.name, with_writers.images.shape) == ("mnist", mnist.images.shape)


def test_other_digits_stay_as_they_are(mnist, no_data):
    changed = dataclasses.replace(mnist, labels=mnist.labels[::-1].copy())
    other = dataclasses.replace(mnist, name="kannada-mnist")
    for digits in (changed, other):
        assert attach_mnist_writers(digits, "test") is digits
    (no_data / "qmnist" / "qmnist-test-labels-idx2-int.gz").unlink()
    assert attach_mnist_writers(mnist, "test") is mnist
