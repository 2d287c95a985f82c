"""``regex``: what a regular expression matches as a whole."""

from typing import TYPE_CHECKING

from numerals.errors import DataError
from numerals.formats.format import Format, ascii_digits

if TYPE_CHECKING:
    import regex

_SECONDS = 0.5  # for one text; a sound pattern takes microseconds


class RegexFormat(Format):
    """The texts that a pattern matches from end to end, spaces counting.

    The syntax is that of the ``regex`` package, which extends Python's and can tell whether a
    text might still be completed.
    """

    def __init__(self, name: str, pattern: str) -> None:
        super().__init__(name, alphabet=None, separators="")
        self._pattern = _compile(name, ascii_digits(pattern))

    def _begins(self, text: str) -> bool:
        return self._matches(text, partial=True)

    def _fits(self, text: str) -> bool:
        return self._matches(text, partial=False)

    def _matches(self, text: str, partial: bool) -> bool:
        try:
            return self._pattern.fullmatch(text, partial=partial, timeout=_SECONDS) is not None
        except TimeoutError:
            raise DataError(
                f"format {self.name!r} took over {_SECONDS} s for {text!r}; write it without"
                " repeats inside repeats"
            ) from None


def parse_regex(name: str, argument: str) -> Format:
    """Make ``regex:PATTERN``."""
    if not argument:
        raise DataError(rf"format {name!r}: write regex:PATTERN, such as regex:[A-F0-9]{{4}}-\d+")
    return RegexFormat(name, argument)


def _compile(name: str, pattern: str) -> "regex.Pattern[str]":
    import regex

    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise DataError(f"format {name!r} is no regular expression: {error}") from error
