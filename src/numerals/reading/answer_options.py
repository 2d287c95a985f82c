"""A page that was read -> what of it is passed on."""

from dataclasses import dataclass

from numerals.errors import OptionError
from numerals.reading.doubt import mask_low_confidence, reject_low_confidence
from numerals.reading.signs import keep_digits
from numerals.records import Page


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
