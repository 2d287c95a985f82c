import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from sklearn.neighbors import KNeighborsClassifier

from numerals.classifiers.neighbors import NeighborsClassifier, vote_weights


@pytest.fixture
def pixels():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (90, 16)).astype(np.uint8)
    return X, np.arange(90) % 3, rng.integers(0, 256, (40, 16)).astype(np.uint8)


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan"])
@pytest.mark.parametrize("k", [1, 3, 7])
def test_agrees_with_scikit_learn(pixels, metric, k):
    X, y, queries = pixels
    ours = NeighborsClassifier(k, metric).fit(X, y)
    theirs = KNeighborsClassifier(k, metric=metric, algorithm="brute").fit(X.astype(float), y)
    np.testing.assert_allclose(
        ours.predict_proba(queries), theirs.predict_proba(queries.astype(float)), atol=1e-4
    )


def test_pixels_and_the_same_numbers_as_floats_agree(pixels):
    X, y, queries = pixels
    whole = NeighborsClassifier(3).fit(X, y)
    floats = NeighborsClassifier(3).fit(X.astype(float), y)
    for given in (queries, queries.astype(float)):
        np.testing.assert_array_equal(whole.predict_proba(given), floats.predict_proba(given))


def test_brightness_changes_nothing(pixels):
    X, y, queries = pixels
    fitted = NeighborsClassifier(3).fit(X, y)
    np.testing.assert_array_equal(fitted.predict(queries), fitted.predict(queries * 0.25))


def test_the_nearest_neighbour_breaks_ties():
    X = np.array([[10], [12], [13], [20]], np.uint8)
    fitted = NeighborsClassifier(4, "euclidean").fit(X, [1, 0, 0, 1])
    assert fitted.predict(np.array([[10]], np.uint8)) == [1]
    assert fitted.predict(np.array([[13]], np.uint8)) == [0]


def test_votes_sum_to_one_and_decrease():
    weights = vote_weights(5)
    assert weights.sum() == pytest.approx(1)
    assert (np.diff(weights) < 0).all()


def test_fit_copies_the_images(pixels):
    X, y, queries = pixels
    fitted = NeighborsClassifier().fit(X, y)
    before = fitted.predict(queries)
    X[:] = 0
    np.testing.assert_array_equal(fitted.predict(queries), before)


def test_too_many_neighbors_raises():
    with pytest.raises(ValueError, match="n_neighbors=5 must be between 1 and n_samples=3"):
        NeighborsClassifier(n_neighbors=5).fit(np.eye(3), [0, 1, 2])
