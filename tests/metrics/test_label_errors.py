import numpy as np
import pytest

from numerals.metrics.label_errors import confident_classes, find_label_errors


def make_predictions(n_images=600, n_classes=4, n_wrong=30, seed=0):
    """Return noisy probabilities, labels of which the first ones are wrong, and the true labels."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, n_classes, n_images)
    logits = rng.normal(0, 1, (n_images, n_classes))
    logits[np.arange(n_images), truth] += 4
    proba = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = truth.copy()
    labels[:n_wrong] = (truth[:n_wrong] + 1) % n_classes
    return proba, labels, truth


def test_planted_errors_rank_first_and_their_true_class_is_suggested():
    proba, labels, truth = make_predictions()
    errors = find_label_errors(proba, labels)
    first = errors.order[:20]
    assert (first < 30).mean() > 0.9
    assert (errors.suggestions[first] == truth[first]).mean() > 0.9
    assert errors.is_suspect[:30].mean() > 0.3
    assert errors.is_suspect[30:].mean() < 0.05


def test_results_equal_those_of_cleanlab():
    cleanlab_filter = pytest.importorskip("cleanlab.filter", reason="needs pip install cleanlab")
    from cleanlab.rank import get_normalized_margin_for_each_label

    proba, labels, _ = make_predictions(seed=1)
    errors = find_label_errors(proba, labels)
    expected = get_normalized_margin_for_each_label(labels, proba)
    np.testing.assert_allclose((errors.margin + 1) / 2, expected)
    suspects = cleanlab_filter.find_label_issues(
        labels, proba, filter_by="confident_learning", n_jobs=1
    )
    assert suspects.sum() > 5
    np.testing.assert_array_equal(errors.is_suspect, suspects)


def test_a_class_without_labels_is_no_confident_prediction():
    proba = np.array([[0.1, 0.0, 0.9], [0.6, 0.4, 0.0], [0.3, 0.7, 0.0]])
    labels = np.array([0, 0, 1])
    assert confident_classes(proba, labels).tolist() == [-1, 0, 1]
    assert not find_label_errors(proba, labels).is_suspect.any()


@pytest.mark.parametrize(
    ("labels", "message"),
    [([0, 1], "one row for each of the labels"), ([0, 1, 2], "from 0 to 2 must be columns")],
)
def test_labels_must_match_the_probabilities(labels, message):
    with pytest.raises(ValueError, match=message):
        find_label_errors(np.full((3, 2), 0.5), np.array(labels))
