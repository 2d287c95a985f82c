"""Filtering by codes changes no result of the exact search."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.search import ExactIndex, exact, filtered
from numerals.search.embedding import N_COMPONENTS, fit_embedding


@pytest.fixture
def images():
    """Return 700 images of 14x14 pixels: two blobs each, with duplicates and empty images."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:14, :14]
    centers, sizes = rng.uniform(2, 12, (700, 2, 2)), rng.uniform(1, 4, (700, 2))
    blobs = [
        np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / size)
        for image_centers, image_sizes in zip(centers, sizes, strict=True)
        for (y, x), size in zip(image_centers, image_sizes, strict=True)
    ]
    result = (255 * np.maximum(blobs[::2], blobs[1::2])).astype(np.uint8).reshape(700, -1)
    result[300:340] = result[:40]
    result[[90, 650]] = 0
    return result


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("k", [1, 3, 80])
def test_results_are_bitwise_equal_to_the_unfiltered_search(images, metric, k, monkeypatch):
    rng = np.random.default_rng(1)
    odd = np.stack([np.zeros(196), np.full(196, 255), rng.integers(0, 256, 196)]).astype(np.uint8)
    queries = np.concatenate([images[:30], images[280:310] // 2, odd])
    values, indices = ExactIndex(images, metric).search(queries, k)
    monkeypatch.setattr(exact, "MIN_FILTERED_IMAGES", 500)
    monkeypatch.setattr(filtered, "STORED_PER_BLOCK", 256)
    index = ExactIndex(images, metric)
    assert index._filtered is not None
    filtered_values, filtered_indices = index.search(queries, k)
    np.testing.assert_array_equal(filtered_indices, indices)
    np.testing.assert_array_equal(filtered_values, values)


@pytest.mark.parametrize("unit", [False, True])
def test_code_distances_are_lower_bounds_of_image_distances(images, unit):
    embedding = fit_embedding(images, unit=unit)
    codes, errors = embedding.encode(images)
    vectors = images.astype(float)
    if unit:
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
    far = np.linalg.norm(vectors[:, None] - vectors[None, :200], axis=2)
    near = codes.astype(float)
    near = np.linalg.norm(near[:, None] - near[None, :200], axis=2) * embedding.step
    assert (near - errors[:, None] - errors[None, :200] <= far).all()
    assert np.median((far - near)[far > 0] / far[far > 0]) < 0.1  # and tight


def test_noise_and_short_vectors_have_no_embedding():
    rng = np.random.default_rng(0)
    assert fit_embedding(rng.integers(0, 256, (900, 784)).astype(np.uint8), unit=False) is None
    assert fit_embedding(np.zeros((900, 784), np.uint8), unit=True) is None
    assert fit_embedding(np.zeros((900, 2 * N_COMPONENTS), np.uint8), unit=False) is None
