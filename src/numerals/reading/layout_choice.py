"""Choose between reading a picture as a page and reading it as a single field."""

from dataclasses import replace

from numerals.records import Page
from numerals.scripts import digits_only


def choose_more_confident_page(detected: Page, as_field: Page) -> Page:
    """Return the more confident of two readings of a picture that is cropped to one number.

    If the readings differ, the confidence is halved, because one of them is wrong.

    Parameters
    ----------
    detected : Page
        Reading of the numbers that the page network detected.
    as_field : Page
        Reading of the picture as one line.
    """
    best = as_field if _confidence(as_field) >= _confidence(detected) else detected
    if not as_field.lines or _digits(detected) == _digits(as_field):
        return best
    halved = tuple(replace(line, confidence=line.confidence / 2) for line in best.lines)
    return replace(best, lines=halved)


def _confidence(page: Page) -> float:
    return min((line.confidence for line in page.lines), default=0.0)


def _digits(page: Page) -> str:
    return "".join(digits_only(line.text) for line in page.lines)
