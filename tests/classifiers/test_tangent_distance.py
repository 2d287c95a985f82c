"""The tangent distance against NumPy's least squares."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from scipy import ndimage

from numerals.classifiers.deformation import TangentDistanceClassifier

SIZE, SIGMA = 12, 0.9


def digit_like(seed):
    noise = np.random.default_rng(seed).random((SIZE, SIZE)) ** 4
    noise[:3], noise[-3:], noise[:, :3], noise[:, -3:] = 0, 0, 0, 0
    return np.uint8(255 * noise / noise.max())


def smooth_and_tangents(image):
    """Return the smoothed picture and its seven tangents, empty space around included."""
    pad = 4
    radius = int(np.ceil(3 * SIGMA))
    wide = np.pad(image.astype(float), pad)
    smooth = ndimage.gaussian_filter(wide, SIGMA, mode="constant", radius=radius)
    padded = np.pad(smooth, 1)
    across = (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2
    down = (padded[2:, 1:-1] - padded[:-2, 1:-1]) / 2
    y, x = np.mgrid[: len(wide), : len(wide)] - (len(wide) - 1) / 2
    tangents = [across, down, x * across + y * down, y * across - x * down]
    tangents += [x * across - y * down, y * across + x * down, across**2 + down**2]
    inside = (slice(pad, -pad),) * 2
    return smooth[inside].ravel(), np.stack([t[inside].ravel() for t in tangents])


def two_sided(query, image, penalty):
    q, tangents_q = smooth_and_tangents(query)
    t, tangents_t = smooth_and_tangents(image)
    system = np.concatenate([tangents_q, -tangents_t])
    weights = np.sqrt(penalty) * np.linalg.norm(system, axis=1)
    left = np.concatenate([system.T, np.diag(weights)])
    right = np.concatenate([q - t, np.zeros(len(weights))])
    along = np.linalg.lstsq(left, right, rcond=None)[0]
    return ((right - left @ along) ** 2).sum()


@pytest.mark.parametrize("penalty", [0.01, 0.5])
def test_distance_is_the_least_between_the_planes(penalty):
    images = np.stack([digit_like(seed) for seed in range(6)])
    queries = np.stack([digit_like(seed) for seed in range(10, 14)])
    fitted = TangentDistanceClassifier(SIGMA, penalty, n_neighbors=6)
    fitted.fit(images.reshape(6, -1), np.arange(6) % 2)
    distances, indices = fitted.kneighbors(queries.reshape(4, -1))
    for q, query in enumerate(queries):
        expected = [two_sided(query, images[i], penalty) for i in indices[q]]
        np.testing.assert_allclose(distances[q], expected, rtol=1e-3)


@pytest.mark.parametrize(
    "change",
    [
        lambda image: np.roll(image, 1, axis=0),
        lambda image: ndimage.rotate(image, 6, reshape=False, order=1),
        lambda image: ndimage.gaussian_filter(image, 0.5),
    ],
    ids=["shifted", "turned", "thickened"],
)
def test_what_the_tangents_know_costs_little(change):
    image = np.zeros((16, 16))
    image[4:12, 7:9] = image[10:12, 5:11] = 200.0
    image = ndimage.gaussian_filter(image, 0.7)
    other = change(image)
    fitted = TangentDistanceClassifier(n_neighbors=1).fit(
        np.stack([image, image.T]).reshape(2, -1).astype(np.float32), [0, 1]
    )
    distance = fitted.kneighbors(other.reshape(1, -1).astype(np.float32))[0][0, 0]
    assert distance < 0.5 * ((image - other) ** 2).sum()
