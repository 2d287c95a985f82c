import pytest

from numerals.scripts import SCRIPTS, digits_only


@pytest.mark.parametrize("script", SCRIPTS)
def test_digits_of_a_script_have_the_values_0_to_9(script):
    assert [int(digit) for digit in SCRIPTS[script]] == list(range(10))


def test_digits_only_keeps_digits_of_all_scripts():
    assert digits_only("-1.250,० ೧?") == "1250०೧"
    assert digits_only("n/a") == ""
