"""Say "I don't know" where the confidence is too low."""

from collections.abc import Sequence
from dataclasses import replace

from numerals.records import DOUBT, Digit, Line, Page


def mask_low_confidence(page: Page, min_confidence: float) -> Page:
    """Put ``?`` in place of each digit whose confidence is below a threshold.

    Parameters
    ----------
    page : Page
    min_confidence : float in [0, 1]

    Returns
    -------
    Page
        With the same boxes and confidences; a masked digit's first alternative is what it was
        read as.
    """
    return replace(page, lines=tuple(_mask_line(line, min_confidence) for line in page.lines))


def reject_low_confidence(page: Page, max_error: float) -> Page:
    """Do not accept numbers that may be wrong more often than is allowed.

    Each number that stays accepted is wrong with a probability of at most `max_error`, as far as
    the confidence is calibrated; so fewer than that share of them are wrong.

    Parameters
    ----------
    page : Page
    max_error : float in [0, 1]

    Returns
    -------
    Page
        The same, with ``accepted`` false for each line that is too doubtful, else true (where a
        format has not refused it).
    """
    least = 1 - max_error
    lines = (
        replace(line, accepted=line.accepted is not False and line.confidence >= least)
        for line in page.lines
    )
    return replace(page, lines=tuple(lines))


def _mask_line(line: Line, min_confidence: float) -> Line:
    digits = tuple(_mask_digit(digit, min_confidence) for digit in line.digits)
    return replace(line, text=_replace_texts(line, digits), digits=digits)


def _replace_texts(line: Line, digits: Sequence[Digit]) -> str:
    """Return a line's text with other digits in it; a class may be a word, such as ``zero``."""
    parts, rest = [], line.text
    for before, after in zip(line.digits, digits, strict=True):
        spaces, _, rest = rest.partition(before.text)
        parts += [spaces, after.text]
    return "".join((*parts, rest))


def _mask_digit(digit: Digit, min_confidence: float) -> Digit:
    if digit.confidence >= min_confidence:
        return digit
    alternatives = ((digit.text, digit.confidence), *digit.alternatives)
    return replace(digit, text=DOUBT, alternatives=alternatives)
