import numpy as np
import pytest

from numerals.evaluation import mcnemar_test


def outcomes(both, only_first, only_second, neither=0):
    first = [True] * both + [True] * only_first + [False] * only_second + [False] * neither
    second = [True] * both + [False] * only_first + [True] * only_second + [False] * neither
    return np.array(first), np.array(second)


@pytest.mark.parametrize(
    ("only_first", "only_second"), [(10, 3), (0, 5), (7, 7), (1, 0), (60, 31), (1500, 1400)]
)
def test_p_value_equals_the_exact_binomial_test(only_first, only_second):
    stats = pytest.importorskip("scipy.stats", reason="needs pip install 'numerals[lab]'")
    result = mcnemar_test(*outcomes(20, only_first, only_second, 4))
    expected = stats.binomtest(only_first, only_first + only_second).pvalue
    assert (result.only_first, result.only_second) == (only_first, only_second)
    assert result.p_value == pytest.approx(expected, rel=1e-8)


def test_equal_answers_have_a_p_value_of_1():
    right = np.array([True, False, True])
    assert mcnemar_test(right, right).p_value == 1


def test_the_test_is_symmetric():
    first, second = outcomes(3, 9, 2)
    assert mcnemar_test(first, second).p_value == mcnemar_test(second, first).p_value


def test_outcomes_of_different_images_are_rejected():
    with pytest.raises(ValueError, match="outcomes of 2 and 3 images"):
        mcnemar_test(np.ones(2, bool), np.ones(3, bool))
