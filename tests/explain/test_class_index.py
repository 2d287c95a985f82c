"""Nearest training images, prototypes and hardest examples."""

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


def test_nearest_images_have_the_largest_cosine_similarities(index, train, other_digits):
    image = other_digits.images[17]
    q, X = image.ravel().astype(float), train.images.reshape(len(train), -1).astype(float)
    cosines = X @ q / np.linalg.norm(X, axis=1) / np.linalg.norm(q)
    result = index.nearest(image, 6)
    assert result.indices.tolist() == np.argsort(-cosines, kind="stable")[:6].tolist()
    assert result.labels.tolist() == train.labels[result.indices].tolist()
    np.testing.assert_allclose(result.values, cosines[result.indices], rtol=1e-12)


def test_distances_are_sorted_ascending(train, other_digits):
    image = other_digits.images[17]
    result = ClassIndex(train, "manhattan").nearest(image, 4)
    distances = np.abs(train.images.astype(int) - image).sum(axis=(1, 2))
    assert result.values.tolist() == np.sort(distances)[:4].tolist()


def test_a_digit_finds_itself_unless_it_is_excluded(index, train):
    assert index.nearest(train.images[5], 1).indices.tolist() == [5]
    assert index.nearest(train.images[5], 1).values[0] == pytest.approx(1)
    result = index.nearest(train.images[5], 50, exclude=5)
    assert 5 not in result.indices and len(result.indices) == 50


def test_search_can_be_limited_to_a_class(index, train):
    result = index.nearest(train.images[5], 100, among={2})
    assert len(result.indices) == (train.labels == 2).sum()
    assert set(result.labels.tolist()) == {2}
    assert index.nearest(train.images[5], 3, among={77}).indices.tolist() == []


def test_an_empty_picture_has_no_similarity(index):
    assert not index.nearest(np.zeros((14, 14), np.uint8), 3).values.any()


def test_pictures_of_another_size_are_rejected(index):
    with pytest.raises(DataError, match="of the same size"):
        index.nearest(np.zeros((28, 28), np.uint8), 1)


def test_the_first_prototype_is_the_medoid_and_the_next_covers_distant_images():
    levels = np.array([0, 10, 20, 200, 210], np.uint8)  # one pixel: two groups
    images = np.repeat(levels, 4).reshape(5, 2, 2)
    digits = Digits(images, np.zeros(5, np.int64), classes=("a", "b"))
    assert prototypes(digits, 2)[0] == (2, 3)
    assert len(prototypes(digits, 9)[0]) == 5
    assert prototypes(digits, 2)[1] == ()


def test_hardest_examples_come_first():
    proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]], np.float32)
    result = hardest_examples(proba, np.array([0, 0, 0, 1]), 2)
    assert [hard.index for hard in result[0]] == [1, 2]
    assert (result[0][0].answer, result[0][0].confidence) == (1, pytest.approx(0.8))
    assert result[0][0].truth_probability == pytest.approx(0.2)
    assert [hard.index for hard in result[1]] == [3]
