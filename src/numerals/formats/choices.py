"""``roster``: one of the values of a list."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from pathlib import Path

from numerals.errors import FormatError
from numerals.formats.number_format import NumberFormat, ascii_digits, shorten
from numerals.untrusted import read_bounded, reading_untrusted

_MAX_ROSTER_BYTES = 1 << 24


class ChoiceFormat(NumberFormat):
    """One of some values, each as it is in the list; spaces do not count."""

    def __init__(self, name: str, values: Iterable[str]) -> None:
        written: dict[str, str] = {}
        for value in values:
            written.setdefault(ascii_digits(value).replace(" ", ""), value)
        written.pop("", None)
        if not written:
            raise FormatError(f"format {shorten(name)!r} has no values; give at least one")
        super().__init__(name, "".join(sorted(set("".join(written)))))
        self._written = written
        self._sorted = sorted(written)

    def _begins(self, text: str) -> bool:
        first = bisect_left(self._sorted, text)
        return first < len(self._sorted) and self._sorted[first].startswith(text)

    def _fits(self, text: str) -> bool:
        return text in self._written

    def _canonical(self, text: str) -> str:
        return self._written[text]


class CallableFormat(NumberFormat):
    """What a function says, of the text as it was read."""

    def __init__(
        self, name: str, accepts: Callable[[str], bool], may_begin: Callable[[str], bool] | None
    ) -> None:
        super().__init__(name, alphabet=None, separators="")
        self._accepts = accepts
        self._may_begin = may_begin

    def _begins(self, text: str) -> bool:
        return self._may_begin is None or bool(self._may_begin(text))

    def _fits(self, text: str) -> bool:
        return bool(self._accepts(text))


def one_of(values: Iterable[str], name: str = "one_of") -> NumberFormat:
    """Return the format of a list of allowed values.

    Parameters
    ----------
    values : iterable of str
    name : str, default="one_of"
        What to call it in messages.

    Raises
    ------
    FormatError
        If there are none.

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
    """Return the format of what a function accepts.

    Parameters
    ----------
    accepts : callable (str) -> bool
        Whether a text is a valid number; digits of every script come as ASCII digits.
    may_begin : callable (str) -> bool, optional
        Whether some valid number begins with a text. Without it any may, so that a reading that
        is valid but improbable may be missed.
    name : str, default="callable"
        What to call it in messages.
    """
    return CallableFormat(name, accepts, may_begin)


def parse_roster(name: str, argument: str) -> NumberFormat:
    """Make ``roster:PATH``, of a text file in UTF-8 with one value a line."""
    if not argument:
        raise FormatError(f"format {name!r}: write roster:PATH, a text file with one value a line")
    path = Path(argument)
    with reading_untrusted(path, FormatError):
        text = read_bounded(path, _MAX_ROSTER_BYTES, FormatError).decode("utf-8-sig")
        return ChoiceFormat(name, (line.strip() for line in text.splitlines()))
