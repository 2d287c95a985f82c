"""Nearest neighbours: what the pixels say adds up to the difference of two distances."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
from drawn_models import FakeModel

from numerals.classifiers import make_classifier
from numerals.errors import DataError
from numerals.explain import ClassIndex, NearestImages, nearest_images
from numerals.records import Digits


def _fit(train, name, **settings):
    estimator = make_classifier(name, settings)
    return FakeModel(estimator.fit(train.images.reshape(len(train), -1), train.labels))


@pytest.mark.parametrize(("metric", "p"), [("cosine", None), ("euclidean", 2), ("manhattan", 1)])
def test_pixels_add_up_to_the_difference_of_distances(metric, p, train, other_digits):
    image = other_digits.images[33]
    found = NearestImages(ClassIndex(train, metric)).attribute(image, 3, 8)
    x, X = image.ravel() / 255, train.images.reshape(len(train), -1) / 255
    if p is None:
        distances = -(X @ x) / np.linalg.norm(X, axis=1) / np.linalg.norm(x)
    else:
        distances = (np.abs(X - x) ** p).sum(axis=1)
    expected = distances[train.labels == 8].min() - distances[train.labels == 3].min()
    assert found.score == pytest.approx(expected, rel=1e-12)
    assert found.values.sum() == pytest.approx(expected, rel=1e-12)
    alone = NearestImages(ClassIndex(train, metric)).attribute(image, 3)
    expected = distances[train.labels != 3].min() - distances[train.labels == 3].min()
    assert alone.score == pytest.approx(expected, rel=1e-12)


def test_the_pixel_that_decides_is_the_one_in_which_they_differ():
    images = np.zeros((2, 3, 3), np.uint8)
    images[:, 1, 1] = 200
    images[1, 0, 2] = 255
    train = Digits(images, np.array([0, 1]), classes=("a", "b"))
    found = NearestImages(ClassIndex(train, "euclidean")).attribute(images[0], 0, 1)
    expected = np.zeros((3, 3))
    expected[0, 2] = 1  # one pixel of full ink, squared
    np.testing.assert_allclose(found.values, expected)


def test_upright_digits_are_compared_where_the_model_does(train, other_digits):
    model = _fit(train, "euclidean", deskew=True)
    found = nearest_images(model, train).attribute(other_digits.images[5], 5, 6)
    upright = model.estimator[:1].transform(other_digits.images[5].reshape(1, -1))
    np.testing.assert_array_equal(found.seen, upright.reshape(14, 14))


def test_only_neighbours_of_pixels_are_compared(train):
    assert nearest_images(_fit(train, "ridge"), train) is None
    assert nearest_images(_fit(train, "cosine", pca=5), train) is None
    assert nearest_images(_fit(train, "cosine", metric="manhattan"), train).unit == "distance"


def test_the_nearer_image_is_of_the_answer(train, other_digits):
    model = _fit(train, "euclidean")
    way = nearest_images(model, train)
    for image in other_digits.images[:10]:
        answer = int(model.predict_proba(image[None]).argmax())
        assert way.attribute(image, answer).score > 0


def test_a_class_without_images_is_told(train, other_digits):
    few = Digits(train.images[train.labels < 9], train.labels[train.labels < 9])
    with pytest.raises(DataError, match="no image of a class"):
        NearestImages(ClassIndex(few, "cosine")).attribute(other_digits.images[0], 0, 9)
