"""Postprocess readings: mask or reject low confidence, keep digits only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from numerals.errors import OptionError
from numerals.records import REJECTED_TEXT, Digit, Line, Page


@dataclass(frozen=True)
class AnswerOptions:
    """Options of postprocessing a reading.

    Parameters
    ----------
    min_confidence : float in [0, 1], default=0
        Minimum confidence of a digit; others are replaced by ``?``.
    max_error : float in [0, 1], optional
        Maximum probability that an accepted number is wrong. By default, numbers are not rejected.
    only_digits : bool, default=False
        Whether signs and spaces are dropped.

    Raises
    ------
    OptionError
        If a probability is out of range.
    """

    min_confidence: float = 0.0
    max_error: float | None = None
    only_digits: bool = False

    def __post_init__(self) -> None:
        for name in ("min_confidence", "max_error"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise OptionError(f"{name}={value!r}: expected a probability from 0 to 1")

    def apply(self, page: Page) -> Page:
        """Return the page with these options applied."""
        page = mask_low_confidence(page, self.min_confidence)
        if self.only_digits:
            page = keep_digits(page)
        return page if self.max_error is None else reject_low_confidence(page, self.max_error)


def mask_low_confidence(page: Page, min_confidence: float) -> Page:
    """Replace each digit whose confidence is below a threshold by ``?``.

    Parameters
    ----------
    page : Page
    min_confidence : float in [0, 1]

    Returns
    -------
    Page
        Boxes and confidences are unchanged; the first alternative of a masked digit is its reading.
    """
    return replace(page, lines=tuple(_mask_line(line, min_confidence) for line in page.lines))


def reject_low_confidence(page: Page, max_error: float) -> Page:
    """Reject numbers whose probability of error exceeds a limit.

    As far as the confidence is calibrated, less than a share `max_error` of the accepted numbers is
    wrong.

    Parameters
    ----------
    page : Page
    max_error : float in [0, 1]

    Returns
    -------
    Page
        ``accepted`` is false for each line whose confidence is too low or whose format rejected it,
        else true.
    """
    min_confidence = 1 - max_error
    lines = (
        replace(line, accepted=line.accepted is not False and line.confidence >= min_confidence)
        for line in page.lines
    )
    return replace(page, lines=tuple(lines))


def _mask_line(line: Line, min_confidence: float) -> Line:
    digits = tuple(_mask_digit(digit, min_confidence) for digit in line.digits)
    return replace(line, text=_replace_texts(line, digits), digits=digits)


def _replace_texts(line: Line, digits: Sequence[Digit]) -> str:
    """Return a line's text with its digits replaced; a digit may be a word, such as ``zero``."""
    parts, remaining = [], line.text
    for before, after in zip(line.digits, digits, strict=True):
        spaces, _, remaining = remaining.partition(before.text)
        parts += [spaces, after.text]
    return "".join((*parts, remaining))


def _mask_digit(digit: Digit, min_confidence: float) -> Digit:
    if digit.confidence >= min_confidence:
        return digit
    alternatives = ((digit.text, digit.confidence), *digit.alternatives)
    return replace(digit, text=REJECTED_TEXT, alternatives=alternatives)


def keep_digits(page: Page) -> Page:
    """Return a page whose lines hold digits only; lines without digits are dropped.

    Digits are the characters of any script that Unicode classifies as digits, and ``?``.
    """
    lines = (_keep_digits(line) for line in page.lines)
    return replace(page, lines=tuple(line for line in lines if line.text))


def _keep_digits(line: Line) -> Line:
    digits = tuple(digit for digit in line.digits if _is_digit_or_rejected(digit.text))
    alternatives: dict[str, float] = {}
    for text, probability in line.alternatives:
        digits_of_text = "".join(filter(_is_digit_or_rejected, text))
        alternatives[digits_of_text] = alternatives.get(digits_of_text, 0.0) + probability
    text = "".join(digit.text for digit in digits)
    same_digits = alternatives.pop(text, 0.0)  # readings that differ in their signs only
    confidence = min(1.0, line.confidence + same_digits)
    return replace(
        line,
        text=text,
        confidence=confidence,
        digits=digits,
        alternatives=tuple(alternatives.items()),
    )


def _is_digit_or_rejected(character: str) -> bool:
    return character.isdigit() or character == REJECTED_TEXT
