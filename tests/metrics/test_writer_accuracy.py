import numpy as np
import pytest

from numerals.evaluation import wilson_interval, writer_accuracies


def test_the_lowest_accuracy_is_first_and_more_digits_break_ties():
    writers = np.array([4, 4, 4, 4, 7, 7, 9, 9, 9, 9])
    is_wrong = np.array([1, 0, 0, 0, 1, 0, 1, 1, 0, 0], bool)
    accuracies = writer_accuracies(writers, is_wrong)
    assert [each.writer for each in accuracies] == [9, 7, 4]
    worst = accuracies[0]
    assert (worst.n_images, worst.n_wrong, worst.accuracy) == (4, 2, 0.5)
    assert worst.interval == wilson_interval(2, 4)
    assert sum(each.n_images for each in accuracies) == 10


def test_a_writer_without_errors_has_accuracy_one():
    (only,) = writer_accuracies(np.array([3, 3]), np.zeros(2, bool))
    assert only.accuracy == 1
    assert only.interval[1] == pytest.approx(1)
