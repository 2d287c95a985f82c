"""A page that was read -> what of it is passed on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from numerals.errors import OptionError
from numerals.records import DOUBT, Digit, Line, Page


@dataclass(frozen=True)
class AnswerOptions:
    """What of a reading is passed on; what is not shows as ``?``.

    Parameters
    ----------
    min_confidence : float in [0, 1], default=0
        Least confidence of a digit.
    max_error : float in [0, 1], optional
        Largest probability that a number is wrong.
    only_digits : bool, default=False
        Whether signs and spaces are left out.

    Raises
    ------
    OptionError
        If one of them is out of range.
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
        """Return a page with what is passed on."""
        page = mask_low_confidence(page, self.min_confidence)
        if self.only_digits:
            page = keep_digits(page)
        return page if self.max_error is None else reject_low_confidence(page, self.max_error)


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


def keep_digits(page: Page) -> Page:
    """Return a page whose lines hold digits alone; lines without any are left out.

    Characters of any script that Unicode calls digits are kept, and ``?`` for digits in doubt.
    """
    lines = (_keep_digits(line) for line in page.lines)
    return replace(page, lines=tuple(line for line in lines if line.text))


def _keep_digits(line: Line) -> Line:
    digits = tuple(digit for digit in line.digits if _is_digit(digit.text))
    alternatives: dict[str, float] = {}
    for text, probability in line.alternatives:
        kept = "".join(filter(_is_digit, text))
        alternatives[kept] = alternatives.get(kept, 0.0) + probability
    text = "".join(digit.text for digit in digits)
    same = alternatives.pop(text, 0.0)  # readings that differ in their signs alone
    confidence = min(1.0, line.confidence + same)
    return replace(
        line,
        text=text,
        confidence=confidence,
        digits=digits,
        alternatives=tuple(alternatives.items()),
    )


def _is_digit(character: str) -> bool:
    return character.isdigit() or character == "?"
