import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from scipy.spatial.distance import cdist

from numerals.data import load_digits
from numerals.search import METRICS, ExactIndex, exact
from numerals.search.integer_products import IntegerProducts, query_offset


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(exact, "STORED_PER_BLOCK", 37)
    monkeypatch.setattr(exact, "_QUERIES_PER_BLOCK", 5)


@pytest.fixture
def vectors():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (150, 96)).astype(np.uint8), rng.integers(0, 256, (13, 96)).astype(
        np.uint8
    )


def test_products_of_the_largest_pixels_are_exact():
    rng = np.random.default_rng(1)
    stored = rng.choice(np.array([0, 1, 254, 255], np.uint8), (40, 784))
    queries = rng.choice(np.array([0, 1, 254, 255], np.uint8), (9, 784))
    queries[0] = 255
    expected = queries.astype(np.int64) @ stored.astype(np.int64).T
    found = IntegerProducts(stored).multiply(queries) + query_offset(queries)[:, None]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
@pytest.mark.parametrize("k", [1, 4, 150])
def test_agrees_with_scipy_distances(vectors, metric, dtype, k):
    stored, queries = (v.astype(dtype) for v in vectors)
    name = "cityblock" if metric == "manhattan" else metric
    table = cdist(queries.astype(float), stored.astype(float), name)
    order = np.argsort(table, axis=1, kind="stable")[:, :k]
    values, indices = ExactIndex(stored, metric).search(queries, k)
    np.testing.assert_array_equal(indices, order)
    expected = np.take_along_axis(table, order, axis=1)
    if metric == "cosine":
        expected = 1 - expected
    np.testing.assert_allclose(values, expected, rtol=1e-12)


@pytest.mark.parametrize("metric", METRICS)
def test_ties_are_ordered_by_index(metric):
    stored = np.tile(np.array([[3, 4], [9, 1]], np.uint8), (60, 1))
    _, indices = ExactIndex(stored, metric).search(np.array([[3, 4]], np.uint8), 3)
    assert indices.tolist() == [[0, 2, 4]]


def test_an_empty_image_has_similarity_zero():
    stored = np.array([[0, 0], [1, 2]], np.uint8)
    values, _ = ExactIndex(stored).search(np.zeros((1, 2), np.uint8), 2)
    assert values.tolist() == [[0, 0]]


def test_no_queries_return_empty_arrays():
    values, indices = ExactIndex(np.eye(3)).search(np.zeros((0, 3)), 2)
    assert values.shape == indices.shape == (0, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ExactIndex(np.eye(3), "taxi"), "metric='taxi'; expected one of cosine"),
        (lambda: ExactIndex(np.zeros((0, 3))), "nothing to search"),
        (lambda: ExactIndex(np.eye(3)).search(np.eye(3), 4), "k=4 must be between 1 and the 3"),
        (lambda: ExactIndex(np.eye(3)).search(np.eye(2)), r"must have shape \(n, 3\)"),
        (
            lambda: ExactIndex(np.eye(3).astype(np.uint8)).search(np.full((1, 3), 0.5)),
            "gray levels from 0 to 255",
        ),
    ],
)
def test_invalid_parameters_are_reported(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.data
def test_finds_known_nearest_neighbors_of_mnist(data_folder, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("NUMERALS_DATA", str(data_folder))
    train, test = load_digits("mnist", "train"), load_digits("mnist", "test")
    index = ExactIndex(train.images[:50_000].reshape(50_000, -1), "euclidean")
    _, found = index.search(test.images[:10].reshape(10, -1))
    known = [38620, 28882, 46512, 29044, 40094, 30809, 18279, 41982, 35628, 5044]
    assert found[:, 0].tolist() == known
    assert (train.labels[known] == test.labels[:10]).all()
