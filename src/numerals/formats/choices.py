"""Formats of allowed values: the format ``roster``, lists, and functions."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from pathlib import Path

from numerals.errors import FormatError
from numerals.formats.number_format import NumberFormat, ascii_digits, shorten
from numerals.untrusted import read_bounded, reading_untrusted

_MAX_ROSTER_BYTES = 1 << 24


class ChoiceFormat(NumberFormat):
    """One of a list of values; spaces are ignored."""

    def __init__(self, name: str, values: Iterable[str]) -> None:
        by_key: dict[str, str] = {}
        for value in values:
            by_key.setdefault(ascii_digits(value).replace(" ", ""), value)
        by_key.pop("", None)
        if not by_key:
            raise FormatError(
                f"format {shorten(name)!r}: got no values, expected at least one; add values"
            )
        super().__init__(name, "".join(sorted(set("".join(by_key)))))
        self._by_key = by_key
        self._sorted = sorted(by_key)

    def _is_prefix(self, text: str) -> bool:
        first = bisect_left(self._sorted, text)
        return first < len(self._sorted) and self._sorted[first].startswith(text)

    def _is_valid(self, text: str) -> bool:
        return text in self._by_key

    def _canonical(self, text: str) -> str:
        return self._by_key[text]


class CallableFormat(NumberFormat):
    """The numbers that a function accepts, given the text as it was read."""

    def __init__(
        self, name: str, accepts: Callable[[str], bool], may_begin: Callable[[str], bool] | None
    ) -> None:
        super().__init__(name, alphabet=None, separators="")
        self._accepts = accepts
        self._may_begin = may_begin

    def _is_prefix(self, text: str) -> bool:
        return self._may_begin is None or bool(self._may_begin(text))

    def _is_valid(self, text: str) -> bool:
        return bool(self._accepts(text))


def one_of(values: Iterable[str], name: str = "one_of") -> NumberFormat:
    """Return the format of a list of allowed values.

    Parameters
    ----------
    values : iterable of str
    name : str, default="one_of"
        Name of the format in messages.

    Returns
    -------
    NumberFormat

    Raises
    ------
    FormatError
        If there are no values.

    Examples
    --------
    >>> rooms = one_of(["101", "102", "B-2"])
    >>> rooms.may_begin("10"), rooms.accepts("103"), rooms.normalize("1 01")
    (True, False, '101')
    """
    return ChoiceFormat(name, values)


def from_callable(
    accepts: Callable[[str], bool],
    may_begin: Callable[[str], bool] | None = None,
    *,
    name: str = "callable",
) -> NumberFormat:
    """Return the format of the numbers that a function accepts.

    Parameters
    ----------
    accepts : callable (str) -> bool
        Whether a text is a valid number. Digits of all scripts are passed as ASCII digits.
    may_begin : callable (str) -> bool, optional
        Whether a valid number may begin with a text. By default every text may, which can cause
        the search to miss valid readings of low probability.
    name : str, default="callable"
        Name of the format in messages.

    Returns
    -------
    NumberFormat
    """
    return CallableFormat(name, accepts, may_begin)


def parse_roster(name: str, argument: str) -> NumberFormat:
    """Return the format ``roster:PATH``, of a UTF-8 text file with one value per line."""
    if not argument:
        raise FormatError(
            f"format {name!r}: expected a path; write roster:PATH, a text file with one value per"
            " line"
        )
    return ChoiceFormat(name, read_roster(Path(argument)))


def read_roster(path: Path) -> list[str]:
    """Return the values in a roster, a UTF-8 text file with one value per line.

    Raises
    ------
    FormatError
        If the file cannot be read.
    """
    with reading_untrusted(path, FormatError):
        text = read_bounded(path, _MAX_ROSTER_BYTES, FormatError).decode("utf-8-sig")
    return [value for line in text.splitlines() if (value := line.strip())]
