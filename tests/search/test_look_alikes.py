import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.errors import DataError
from numerals.records import Digits
from numerals.search import ApproximateIndex, ExactIndex, find_look_alikes, recall
from numerals.search.look_alikes import cosine_similarities


@pytest.fixture
def digits():
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 256, (4, 8, 8))
    noise = rng.integers(-20, 21, (40, 8, 8))
    images = np.clip(np.repeat(kinds, 10, axis=0) + noise, 0, 255).astype(np.uint8)
    return Digits(images, np.repeat(np.arange(4), 10), classes=tuple("0123"))


def test_weights_follow_the_gaussian_down_to_the_minimum_weight(digits):
    found = find_look_alikes(digits.images[13], digits, sigma=0.1, min_weight=0.3)
    assert found.indices[0] == 13 and found.similarities[0] == pytest.approx(1)
    expected = np.exp(-((1 - found.similarities) ** 2) / (2 * 0.1**2))
    np.testing.assert_allclose(found.weights, expected)
    assert (found.weights >= 0.3).all()
    assert found.by_class.argmax() == 1
    assert found.by_class.sum() == pytest.approx(found.weights.sum())
    assert found.recall == 1


def test_top_none_returns_all_digits_of_the_minimum_weight(digits):
    found = find_look_alikes(digits.images[0], digits, min_weight=0, top=None)
    assert sorted(found.indices.tolist()) == list(range(40))


def test_the_sums_include_digits_beyond_the_top(digits):
    whole = find_look_alikes(digits.images[0], digits, min_weight=0.3, top=None)
    few = find_look_alikes(digits.images[0], digits, min_weight=0.3, top=3)
    np.testing.assert_array_equal(few.indices, whole.indices[:3])
    np.testing.assert_array_equal(few.by_class, whole.by_class)
    assert few.n_similar == whole.n_similar == len(whole.indices) > 3
    approximate = find_look_alikes(digits.images[0], digits, top=3, approximate=True)
    assert approximate.n_similar is None
    assert approximate.by_class.sum() == pytest.approx(approximate.weights.sum())


def test_similarities_are_those_of_an_exact_search(digits):
    images = digits.X.copy()
    images[5] = 0  # has no angle to any image
    values, indices = ExactIndex(images).search(images[13:14], 40)
    cosines = cosine_similarities(images[13], images)
    np.testing.assert_allclose(cosines[indices[0]], values[0], rtol=1e-12)
    assert cosines[5] == 0


def test_an_approximate_search_measures_its_recall(digits):
    found = find_look_alikes(digits.images[0], digits, top=5, approximate=True)
    assert found.indices[0] == 0
    assert 0.9 <= found.recall <= 1


def test_approximate_search_finds_most_exact_neighbors():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (400, 32)).astype(np.uint8)
    queries = rng.integers(0, 256, (20, 32)).astype(np.uint8)
    similarities, indices = ApproximateIndex(X).search(queries, 5)
    values, exact = ExactIndex(X).search(queries, 5)
    assert recall(indices, exact) > 0.9
    same = indices == exact
    np.testing.assert_allclose(similarities[same], values[same], atol=2e-3)


def test_unlabelled_look_alikes_count_for_no_class(digits):
    unlabelled = Digits(digits.images, np.full(40, -1), classes=digits.classes)
    found = find_look_alikes(digits.images[0], unlabelled)
    assert found.by_class.tolist() == [0, 0, 0, 0]
    assert found.to_dict(digits.classes)["look_alikes"][0]["label"] is None


def test_invalid_parameters_are_reported(digits):
    with pytest.raises(DataError, match=r"the image has shape \(9, 8\)"):
        find_look_alikes(np.zeros((9, 8), np.uint8), digits)
    with pytest.raises(ValueError, match="sigma=0 must be above 0"):
        find_look_alikes(digits.images[0], digits, sigma=0)


def test_look_alikes_draw_themselves(digits):
    pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")
    found = find_look_alikes(digits.images[13], digits)
    assert repr(found).startswith(f"LookAlikes({len(found.indices)} of 40 digits of digits; ")
    titles = [text.get_text() for text in found.plot(max_shown=2).texts]
    assert titles == ["query", "1  1.000", f"1  {found.similarities[1]:.3f}"]
    assert len(found.plot().texts) == len(found.indices) + 1
    assert [bar.get_height() for bar in found.plot_weights().patches] == found.by_class.tolist()
    assert found._repr_html_().count("<img") == 2
    np.testing.assert_array_equal(found.digits.labels, found.labels)


def test_an_empty_data_set_is_named(digits):
    with pytest.raises(DataError, match="holds no digits"):
        find_look_alikes(digits.images[0], digits[:0])
