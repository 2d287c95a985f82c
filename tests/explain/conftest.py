"""Digits to fit to and digits to classify."""

import pytest
from drawn_models import draw_digits

from numerals.records import Digits


@pytest.fixture(scope="session")
def train() -> Digits:
    return draw_digits(0, 20, "fonts")


@pytest.fixture(scope="session")
def other_digits() -> Digits:
    return draw_digits(30, 40, "other fonts")
