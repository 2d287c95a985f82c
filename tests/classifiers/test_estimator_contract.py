import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from sklearn.utils.estimator_checks import parametrize_with_checks

from numerals.classifiers import CLASSIFIERS, CosineNeighborsClassifier


@parametrize_with_checks([make() for make in CLASSIFIERS.values()])
def test_keeps_the_estimator_contract(estimator, check):
    check(estimator)


def test_brightness_changes_nothing():
    rng = np.random.default_rng(0)
    X, y = rng.random((60, 16)), np.arange(60) % 3
    queries = rng.random((20, 16))
    fitted = CosineNeighborsClassifier(n_neighbors=3).fit(X, y)
    np.testing.assert_array_equal(fitted.predict(queries), fitted.predict(queries * 0.25))


def test_too_many_neighbors_says_so():
    with pytest.raises(ValueError, match="n_neighbors=5 must be between 1 and n_samples=3"):
        CosineNeighborsClassifier(n_neighbors=5).fit(np.eye(3), [0, 1, 2])


def test_neighbors_come_nearest_first():
    X = np.array([[1.0, 0.0], [1.0, 0.2], [0.0, 1.0]])
    similarities, indices = (
        CosineNeighborsClassifier(n_neighbors=3).fit(X, [0, 0, 1]).kneighbors([[1.0, 0.0]])
    )
    assert indices.tolist() == [[0, 1, 2]]
    assert (np.diff(similarities[0]) <= 0).all()
