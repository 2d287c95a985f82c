"""``regex``: what a regular expression matches as a whole."""

import time
from typing import TYPE_CHECKING

from numerals.errors import FormatError
from numerals.formats.number_format import NumberFormat, ascii_digits, shorten
from numerals.formats.pattern_size import parse_pattern

if TYPE_CHECKING:
    import regex

_SECONDS = 0.5  # for one text; a sound pattern takes microseconds
_SHARE = 0.001  # seconds a text, on average
_RESERVE = 1.0  # seconds that the texts of one format may take above that average
_MAX_TEXT = 1000  # characters; a longer text matches nothing


class RegexFormat(NumberFormat):
    """The texts that a pattern matches from end to end, spaces counting.

    The syntax is that of the ``regex`` package, which extends Python's and can tell whether a
    text might still be completed.
    """

    def __init__(self, name: str, pattern: str) -> None:
        super().__init__(name, alphabet=None, separators="")
        self._pattern = _compile(name, parse_pattern(name, ascii_digits(pattern)))
        self._overdrawn = 0.0

    def _begins(self, text: str) -> bool:
        return not text or self._matches(text, partial=True)

    def _fits(self, text: str) -> bool:
        return self._matches(text, partial=False)

    def _matches(self, text: str, partial: bool) -> bool:
        if len(text) > _MAX_TEXT:
            return False
        started = time.perf_counter()
        try:  # other threads, such as the service's, go on meanwhile
            match = self._pattern.fullmatch(
                text, partial=partial, timeout=_SECONDS, concurrent=True
            )
        except TimeoutError:
            raise self._too_slow(text) from None
        # A search asks for hundreds of texts: each may be within its limit, and all take long.
        elapsed = time.perf_counter() - started
        self._overdrawn = max(0.0, self._overdrawn + elapsed - _SHARE)
        if self._overdrawn > _RESERVE:
            raise self._too_slow(text)
        return match is not None

    def _too_slow(self, text: str) -> FormatError:
        return FormatError(
            f"format {shorten(self.name)!r} took over {_SECONDS} s for {shorten(text)!r}, or for "
            "several such texts; write it without repeats inside repeats"
        )


def parse_regex(name: str, argument: str) -> NumberFormat:
    """Make ``regex:PATTERN``."""
    if not argument:
        raise FormatError(rf"format {name!r}: write regex:PATTERN, such as regex:[A-F0-9]{{4}}-\d+")
    return RegexFormat(name, argument)


def _compile(name: str, pattern: str) -> "regex.Pattern[str]":
    import regex

    try:
        # Of a literal of 3,000 characters regex searches the parts at the end of a short text, for
        # 14 s, deaf to its timeout. It does not where a literal may be missing: in a branch.
        return regex.compile(f"(?:{pattern})|(?!)")
    except (regex.error, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise FormatError(
            f"format {shorten(name)!r} is no regular expression: {shorten(str(error))}"
        ) from error
