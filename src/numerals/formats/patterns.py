"""The format ``regex``: texts that a regular expression matches completely."""

import time
from typing import TYPE_CHECKING

from numerals.errors import FormatError
from numerals.formats.number_format import NumberFormat, ascii_digits, shorten
from numerals.formats.pattern_size import parse_pattern

if TYPE_CHECKING:
    import regex

_MATCH_TIMEOUT = 0.5  # seconds for one text; a well-formed pattern takes microseconds
_MEAN_SECONDS = 0.001  # budget of each text
_MAX_OVERDRAFT = 1.0  # seconds that the texts of one format may exceed their budgets in all
_MAX_TEXT = 1000  # characters; a longer text does not match


class RegexFormat(NumberFormat):
    """The texts that a pattern matches from start to end, including spaces.

    The syntax is that of the ``regex`` package, which extends Python's and supports partial
    matches.
    """

    def __init__(self, name: str, pattern: str) -> None:
        super().__init__(name, alphabet=None, separators="")
        self._pattern = _compile(name, parse_pattern(name, ascii_digits(pattern)))
        self._overdraft = 0.0

    def _is_prefix(self, text: str) -> bool:
        return not text or self._matches(text, partial=True)

    def _is_valid(self, text: str) -> bool:
        return self._matches(text, partial=False)

    def _matches(self, text: str, partial: bool) -> bool:
        if len(text) > _MAX_TEXT:
            return False
        started = time.perf_counter()
        try:  # concurrent=True releases the lock for other threads, such as those of the service
            match = self._pattern.fullmatch(
                text, partial=partial, timeout=_MATCH_TIMEOUT, concurrent=True
            )
        except TimeoutError:
            raise self._timeout_error(text) from None
        # A search checks hundreds of texts, which may be slow in all though each is within its
        # timeout.
        elapsed = time.perf_counter() - started
        self._overdraft = max(0.0, self._overdraft + elapsed - _MEAN_SECONDS)
        if self._overdraft > _MAX_OVERDRAFT:
            raise self._timeout_error(text)
        return match is not None

    def _timeout_error(self, text: str) -> FormatError:
        return FormatError(
            f"format {shorten(self.name)!r} took over {_MATCH_TIMEOUT} s for {shorten(text)!r}, or "
            "for several such texts; write it without nested repeats"
        )


def parse_regex(name: str, argument: str) -> NumberFormat:
    """Return the format ``regex:PATTERN``."""
    if not argument:
        raise FormatError(
            rf"format {name!r}: expected a pattern; write regex:PATTERN, such as "
            r"regex:[A-F0-9]{4}-\d+"
        )
    return RegexFormat(name, argument)


def _compile(name: str, pattern: str) -> "regex.Pattern[str]":
    import regex

    try:
        # For a literal of 3,000 characters, regex searches its parts at the end of a short text for
        # 14 s and ignores the timeout. It does not for an optional literal, hence the branch.
        return regex.compile(f"(?:{pattern})|(?!)")
    except (regex.error, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise FormatError(
            f"format {shorten(name)!r} is not a regular expression ({shorten(str(error))}); correct"
            " the pattern"
        ) from error
