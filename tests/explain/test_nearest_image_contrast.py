"""Nearest neighbors: attributions sum to the difference of two distances."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
from drawn_models import FakeModel

from numerals.classifiers import make_classifier
from numerals.errors import DataError
from numerals.explain import ClassIndex, NearestImageContrast, make_nearest_image_contrast
from numerals.records import Digits


def _fit(train, name, **settings):
    estimator = make_classifier(name, settings)
    return FakeModel(estimator.fit(train.images.reshape(len(train), -1), train.labels))


@pytest.mark.parametrize(("metric", "p"), [("cosine", None), ("euclidean", 2), ("manhattan", 1)])
def test_attributions_sum_to_the_difference_of_distances(metric, p, train, other_digits):
    image = other_digits.images[33]
    result = NearestImageContrast(ClassIndex(train, metric)).attribute(image, 3, 8)
    x, X = image.ravel() / 255, train.images.reshape(len(train), -1) / 255
    if p is None:
        distances = -(X @ x) / np.linalg.norm(X, axis=1) / np.linalg.norm(x)
    else:
        distances = (np.abs(X - x) ** p).sum(axis=1)
    expected = distances[train.labels == 8].min() - distances[train.labels == 3].min()
    assert result.score == pytest.approx(expected, rel=1e-12)
    assert result.values.sum() == pytest.approx(expected, rel=1e-12)
    alone = NearestImageContrast(ClassIndex(train, metric)).attribute(image, 3)
    expected = distances[train.labels != 3].min() - distances[train.labels == 3].min()
    assert alone.score == pytest.approx(expected, rel=1e-12)


def test_the_pixel_in_which_the_images_differ_gets_the_attribution():
    images = np.zeros((2, 3, 3), np.uint8)
    images[:, 1, 1] = 200
    images[1, 0, 2] = 255
    train = Digits(images, np.array([0, 1]), classes=("a", "b"))
    result = NearestImageContrast(ClassIndex(train, "euclidean")).attribute(images[0], 0, 1)
    expected = np.zeros((3, 3))
    expected[0, 2] = 1  # one pixel of full ink, squared
    np.testing.assert_allclose(result.values, expected)


def test_deskewed_digits_are_compared_if_the_model_deskews(train, other_digits):
    model = _fit(train, "euclidean", deskew=True)
    result = make_nearest_image_contrast(model, train).attribute(other_digits.images[5], 5, 6)
    deskewed = model.estimator[:1].transform(other_digits.images[5].reshape(1, -1))
    np.testing.assert_array_equal(result.transformed, deskewed.reshape(14, 14))


def test_only_models_that_compare_pixels_are_explained(train):
    assert make_nearest_image_contrast(_fit(train, "ridge"), train) is None
    assert make_nearest_image_contrast(_fit(train, "cosine", pca=5), train) is None
    assert (
        make_nearest_image_contrast(_fit(train, "cosine", metric="manhattan"), train).unit
        == "distance"
    )


def test_the_answer_has_the_nearer_image(train, other_digits):
    model = _fit(train, "euclidean")
    attributor = make_nearest_image_contrast(model, train)
    for image in other_digits.images[:10]:
        answer = int(model.predict_proba(image[None]).argmax())
        assert attributor.attribute(image, answer).score > 0


def test_a_class_without_images_is_reported(train, other_digits):
    few = Digits(train.images[train.labels < 9], train.labels[train.labels < 9])
    with pytest.raises(DataError, match="no image of a class"):
        NearestImageContrast(ClassIndex(few, "cosine")).attribute(other_digits.images[0], 0, 9)
