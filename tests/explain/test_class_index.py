"""Evidence is the nearest by cosine; prototypes stand for their class; hard ones are hard."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
from numerals.errors import DataError
from numerals.explain.class_index import ClassIndex
from numerals.explain.example_selection import hardest_examples, prototypes
from numerals.records import Digits


@pytest.fixture(scope="module")
def index(train):
    return ClassIndex(train)


def test_evidence_is_the_nearest_by_the_definition(index, train, other_digits):
    image = other_digits.images[17]
    q, X = image.ravel().astype(float), train.images.reshape(len(train), -1).astype(float)
    cosines = X @ q / np.linalg.norm(X, axis=1) / np.linalg.norm(q)
    found = index.nearest(image, 6)
    assert found.indices.tolist() == np.argsort(-cosines, kind="stable")[:6].tolist()
    assert found.labels.tolist() == train.labels[found.indices].tolist()
    np.testing.assert_allclose(found.values, cosines[found.indices], rtol=1e-12)


def test_distances_are_smallest_first(train, other_digits):
    image = other_digits.images[17]
    found = ClassIndex(train, "manhattan").nearest(image, 4)
    distances = np.abs(train.images.astype(int) - image).sum(axis=(1, 2))
    assert found.values.tolist() == np.sort(distances)[:4].tolist()


def test_a_digit_finds_itself_unless_that_is_excluded(index, train):
    assert index.nearest(train.images[5], 1).indices.tolist() == [5]
    assert index.nearest(train.images[5], 1).values[0] == pytest.approx(1)
    found = index.nearest(train.images[5], 50, exclude=5)
    assert 5 not in found.indices and len(found.indices) == 50


def test_evidence_for_one_class_is_of_that_class(index, train):
    found = index.nearest(train.images[5], 100, among={2})
    assert len(found.indices) == (train.labels == 2).sum()
    assert set(found.labels.tolist()) == {2}
    assert index.nearest(train.images[5], 3, among={77}).indices.tolist() == []


def test_an_empty_picture_is_like_nothing(index):
    assert not index.nearest(np.zeros((14, 14), np.uint8), 3).values.any()


def test_pictures_of_another_size_are_refused(index):
    with pytest.raises(DataError, match="of the same size"):
        index.nearest(np.zeros((28, 28), np.uint8), 1)


def test_the_first_prototype_is_the_medoid_and_the_next_covers_what_is_far():
    levels = np.array([0, 10, 20, 200, 210], np.uint8)  # one pixel: two groups
    images = np.repeat(levels, 4).reshape(5, 2, 2)
    digits = Digits(images, np.zeros(5, np.int64), classes=("a", "b"))
    assert prototypes(digits, 2)[0] == (2, 3)
    assert len(prototypes(digits, 9)[0]) == 5
    assert prototypes(digits, 2)[1] == ()


def test_the_hardest_come_first():
    proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]], np.float32)
    found = hardest_examples(proba, np.array([0, 0, 0, 1]), 2)
    assert [hard.index for hard in found[0]] == [1, 2]
    assert (found[0][0].answer, found[0][0].confidence) == (1, pytest.approx(0.8))
    assert found[0][0].truth_probability == pytest.approx(0.2)
    assert [hard.index for hard in found[1]] == [3]
