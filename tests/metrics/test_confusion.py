import numpy as np
import pytest

from numerals.evaluation import class_accuracies, confusion_matrix, most_confused

LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 2])
ANSWERS = np.array([0, 0, 1, 2, 1, 1, 0, 2])


def test_rows_are_true_classes():
    assert confusion_matrix(ANSWERS, LABELS, 4).tolist() == [
        [2, 1, 1, 0],
        [1, 2, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 0],
    ]


def test_metrics_computed_by_hand():
    first, second, third, absent = class_accuracies(confusion_matrix(ANSWERS, LABELS, 4))
    assert (first.precision, first.recall) == pytest.approx((2 / 3, 1 / 2))
    assert first.f1 == pytest.approx(4 / 7)
    assert (second.precision, second.recall) == pytest.approx((2 / 3, 2 / 3))
    assert (third.precision, third.recall, third.support) == (0.5, 1, 1)
    assert (absent.precision, absent.recall, absent.f1, absent.support) == (0, 0, 0, 0)
    assert absent.interval == (0, 1)


def test_metrics_agree_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="needs pip install 'numerals[lab]'")
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 7, 500)
    answers = np.where(rng.random(500) < 0.7, labels, rng.integers(0, 7, 500))
    confusion = confusion_matrix(answers, labels, 7)
    np.testing.assert_array_equal(confusion, metrics.confusion_matrix(labels, answers))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(labels, answers)
    classes = class_accuracies(confusion)
    np.testing.assert_allclose([c.precision for c in classes], precision)
    np.testing.assert_allclose([c.recall for c in classes], recall)
    np.testing.assert_allclose([c.f1 for c in classes], f1)
    assert [c.support for c in classes] == support.tolist()


def test_most_confused_pairs_come_first():
    confusion = np.array([[9, 2, 0], [1, 9, 5], [0, 0, 9]])
    assert most_confused(confusion) == [(1, 2, 5, 0), (0, 1, 2, 1)]
    assert most_confused(np.eye(3, dtype=int)) == []
