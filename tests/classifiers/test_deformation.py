"""The compiled loops against the definitions, written out without cleverness."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from scipy import ndimage
from sklearn.base import clone

from numerals.classifiers.deformation import ImageDistortionClassifier, TangentDistanceClassifier

SHAPE = (9, 7)  # not square, not a multiple of anything
OWN = [ImageDistortionClassifier("idm"), ImageDistortionClassifier("p2dhmdm")]
OWN += [TangentDistanceClassifier()]


def draw(n, seed, shape=SHAPE):
    """Return blurred noise: images with edges in all directions."""
    noise = np.random.default_rng(seed).random((n, *shape))
    smooth = ndimage.gaussian_filter(noise, (0, 1, 1))
    return np.uint8(255 * (smooth - smooth.min()) / np.ptp(smooth)).reshape(n, -1)


def local_costs(query, image, reach):
    """Return (displacement down, across, row, column) -> squared difference with its context."""
    margin = reach + 2

    def gradients(picture):
        kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
        pair = [
            ndimage.correlate(picture.astype(float), k, mode="constant") for k in (kernel, kernel.T)
        ]
        return np.stack([np.pad(g, margin) for g in pair])

    q, t = gradients(query), gradients(image)
    size = 2 * reach + 1
    costs = np.empty((size, size, *query.shape))
    for down in range(size):
        for across in range(size):
            moved = np.roll(t, (reach - down, reach - across), axis=(1, 2))
            squares = ((q - moved) ** 2).sum(axis=0)
            context = ndimage.correlate(squares, np.ones((3, 3)), mode="constant")
            costs[down, across] = context[margin:-margin, margin:-margin]
    return costs


def idm(query, image, reach):
    return local_costs(query, image, reach).min(axis=(0, 1)).sum()


def p2dhmdm(query, image, reach):
    """Columns are displaced across by x; pixels deviate from that and down by y."""
    height, width = query.shape
    costs = local_costs(query, image, reach + 1)
    size = 2 * reach + 1
    ends = np.empty((size, width))
    for x in range(size):
        # A pixel of a column displaced by x takes x - 1, x or x + 1.
        beside = costs[1:-1, x : x + 3].min(axis=1)  # (down, row, column)
        for column in range(width):
            best = beside[:, 0, column]
            for row in range(1, height):
                best = ndimage.minimum_filter1d(best, 3, mode="constant", cval=np.inf)
                best = best + beside[:, row, column]
            ends[x, column] = best.min()
    best = ends[:, 0]
    for column in range(1, width):
        best = ndimage.minimum_filter1d(best, 3, mode="constant", cval=np.inf) + ends[:, column]
    return best.min()


@pytest.mark.parametrize("reach", [0, 1, 2])
@pytest.mark.parametrize(("name", "definition"), [("idm", idm), ("p2dhmdm", p2dhmdm)])
def test_distances_match_the_definition(name, definition, reach):
    X, queries = draw(12, 0), draw(5, 1)
    fitted = ImageDistortionClassifier(name, reach, n_neighbors=12, image_shape=SHAPE)
    distances, indices = fitted.fit(X, np.arange(12) % 3).kneighbors(queries)
    for q, query in enumerate(queries):
        expected = [definition(query.reshape(SHAPE), x.reshape(SHAPE), reach) for x in X]
        order = np.argsort(expected, kind="stable")
        np.testing.assert_allclose(distances[q], np.array(expected)[order], rtol=1e-5)
        np.testing.assert_array_equal(indices[q], order)


def test_early_abandoning_changes_no_result():
    X, queries = draw(40, 2), draw(6, 3)
    for own in OWN:
        one = clone(own).set_params(n_neighbors=1, image_shape=SHAPE).fit(X, np.arange(40) % 4)
        every = clone(own).set_params(n_neighbors=40, image_shape=SHAPE).fit(X, np.arange(40) % 4)
        for found, expected in zip(one.kneighbors(queries), every.kneighbors(queries), strict=True):
            np.testing.assert_array_equal(found[:, 0], expected[:, 0])


@pytest.mark.parametrize("own", OWN, ids=["idm", "p2dhmdm", "tangent"])
def test_the_distance_to_itself_is_zero(own):
    X = draw(20, 4)
    fitted = clone(own).set_params(n_neighbors=1, image_shape=SHAPE).fit(X, np.arange(20))
    distances, indices = fitted.kneighbors(X)
    np.testing.assert_array_equal(indices[:, 0], np.arange(20))
    assert distances.max() < 1e-3 * (X.astype(float) ** 2).sum(axis=1).min()


@pytest.mark.parametrize("name", ["idm", "p2dhmdm"])
def test_a_stroke_that_is_shifted_within_reach_costs_nothing(name):
    stroke = np.zeros((12, 12), np.uint8)
    stroke[3:9, 5] = 255
    X = stroke.reshape(1, -1)
    for shift, reach, is_free in ((2, 2, True), (2, 1, False), (1, 1, True)):
        fitted = ImageDistortionClassifier(name, reach).fit(np.r_[X, X], [0, 1])
        moved = np.roll(stroke, shift, axis=0).reshape(1, -1)
        assert (fitted.kneighbors(moved)[0][0, 0] == 0) == is_free


def test_p2dhmdm_distances_are_not_below_idm_distances():
    X, queries = draw(10, 5), draw(4, 6)
    free = ImageDistortionClassifier("idm", 3, 10, image_shape=SHAPE).fit(X, np.arange(10))
    # Its pixels move by 2 with their column and by 1 of their own.
    tied = ImageDistortionClassifier("p2dhmdm", 2, 10, image_shape=SHAPE).fit(X, np.arange(10))
    (low, i), (high, j) = free.kneighbors(queries), tied.kneighbors(queries)
    for q in range(4):
        assert (high[q][j[q].argsort()] >= low[q][i[q].argsort()]).all()


@pytest.mark.parametrize("own", OWN, ids=["idm", "p2dhmdm", "tangent"])
def test_classifies_digits_of_fonts_better_than_plain_neighbours(own, known_fonts, other_fonts):
    from numerals.classifiers.neighbors import NeighborsClassifier

    X = known_fonts.images.reshape(len(known_fonts), -1)
    X_other = other_fonts.images.reshape(len(other_fonts), -1)
    plain = NeighborsClassifier(3, "euclidean").fit(X, known_fonts.labels)
    ours = clone(own).set_params(n_neighbors=3).fit(X, known_fonts.labels)
    right = ours.score(X_other, other_fonts.labels)
    assert right > plain.score(X_other, other_fonts.labels)
    assert right > 0.85


def test_probabilities_sum_to_one_and_threads_do_not_matter():
    X, queries = draw(30, 7), draw(70, 8)
    for own in OWN:
        answers = [
            clone(own).set_params(n_jobs=n, image_shape=SHAPE).fit(X, np.arange(30) % 3)
            for n in (1, 2)
        ]
        proba = [fitted.predict_proba(queries) for fitted in answers]
        np.testing.assert_array_equal(*proba)
        np.testing.assert_allclose(proba[0].sum(axis=1), 1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "hmm"}, "expected 'idm' or 'p2dhmdm'"),
        ({"warp_range": 11}, "between 0 and 10"),
        ({"n_neighbors": 0}, "at least 1"),
        ({"n_candidates": 0}, "at least 1"),
        ({"sharpness": -1}, "not be negative"),
    ],
)
def test_parameters_out_of_range_raise(settings, message):
    with pytest.raises(ValueError, match=message):
        ImageDistortionClassifier(**settings).fit(draw(4, 9, (8, 8)), [0, 1, 0, 1])


@pytest.mark.parametrize("settings", [{"sigma": 0}, {"sigma": 6}, {"penalty": -0.1}])
def test_tangent_parameters_out_of_range_raise(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        TangentDistanceClassifier(**settings).fit(draw(4, 9, (8, 8)), [0, 1, 0, 1])
