"""Stand-ins only save work: the answers are those of comparing everything."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.search import ExactIndex, exact, filtered
from numerals.search.embedding import N_COMPONENTS, fit_embedding


@pytest.fixture
def images():
    """Blobs of 14x14, with some of them twice, and two empty ones."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:14, :14]
    places, sizes = rng.uniform(2, 12, (700, 2, 2)), rng.uniform(1, 4, (700, 2))
    blobs = [
        np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / size)
        for centres, both in zip(places, sizes, strict=True)
        for (y, x), size in zip(centres, both, strict=True)
    ]
    pictures = (255 * np.maximum(blobs[::2], blobs[1::2])).astype(np.uint8).reshape(700, -1)
    pictures[300:340] = pictures[:40]
    pictures[[90, 650]] = 0
    return pictures


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("k", [1, 3, 80])
def test_gives_the_same_to_the_last_bit(images, metric, k, monkeypatch):
    rng = np.random.default_rng(1)
    odd = np.stack([np.zeros(196), np.full(196, 255), rng.integers(0, 256, 196)]).astype(np.uint8)
    queries = np.concatenate([images[:30], images[280:310] // 2, odd])
    values, indices = ExactIndex(images, metric).search(queries, k)
    monkeypatch.setattr(exact, "_MANY", 500)
    monkeypatch.setattr(filtered, "_STORED", 256)
    index = ExactIndex(images, metric)
    assert index._filtered is not None
    found, places = index.search(queries, k)
    np.testing.assert_array_equal(places, indices)
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize("unit", [False, True])
def test_codes_are_never_farther_apart_than_their_images(images, unit):
    embedding = fit_embedding(images, unit=unit)
    codes, errors = embedding.encode(images)
    vectors = images.astype(float)
    if unit:
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
    far = np.linalg.norm(vectors[:, None] - vectors[None, :200], axis=2)
    near = codes.astype(float)
    near = np.linalg.norm(near[:, None] - near[None, :200], axis=2) * embedding.step
    assert (near - errors[:, None] - errors[None, :200] <= far).all()
    assert np.median((far - near)[far > 0] / far[far > 0]) < 0.1  # and hardly nearer


def test_noise_has_no_stand_ins():
    rng = np.random.default_rng(0)
    assert fit_embedding(rng.integers(0, 256, (900, 784)).astype(np.uint8), unit=False) is None
    assert fit_embedding(np.zeros((900, 784), np.uint8), unit=True) is None
    assert fit_embedding(np.zeros((900, 2 * N_COMPONENTS), np.uint8), unit=False) is None
