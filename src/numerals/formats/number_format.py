"""What every number format can tell of a text, and of the beginning of one."""

import re
from abc import ABC, abstractmethod


class NumberFormat(ABC):
    """What a number may look like.

    Digits of every script count as the ASCII digits of the same value. Between two characters a
    separator may stand that does not count, such as the space that a writer left.

    Parameters
    ----------
    name : str
        The spec that describes it, such as ``"digits:10"``.
    alphabet : str or None
        The characters that it may contain, separators aside; None for any.
    separators : str, default=" "
        What may stand between its characters without meaning anything.

    Attributes
    ----------
    name : str
    alphabet : str or None
        With the separators.
    """

    def __init__(self, name: str, alphabet: str | None, separators: str = " ") -> None:
        self.name = name
        self.alphabet = alphabet and alphabet + separators
        self._separators = separators
        self._own = alphabet or ""
        self._without = str.maketrans("", "", separators)
        self._begun = _separated(separators)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def may_begin(self, prefix: str) -> bool:
        """Whether some valid number begins with `prefix`.

        False only where none does; True now and then where none does either.
        """
        text = ascii_digits(prefix)
        joined = text.translate(self._without)
        if len(joined) == len(text):
            return self._begins(text)
        if not self._begun.fullmatch(text):
            return False
        if text[-1] in self._separators:  # something must follow
            return any(self._begins(joined + character) for character in self._own)
        return self._begins(joined)

    def accepts(self, text: str) -> bool:
        """Whether `text` is a valid number, whole and as it may be written."""
        text = ascii_digits(text)
        joined = text.translate(self._without)
        if len(joined) != len(text):
            if not self._begun.fullmatch(text) or text[-1] in self._separators:
                return False
        return self._fits(joined)

    def normalize(self, text: str) -> str:
        """Return the form that all ways to write the same number share.

        A text that is no valid number only loses its separators.
        """
        joined = ascii_digits(text).translate(self._without)
        return self._canonical(joined) if self._fits(joined) else joined

    @abstractmethod
    def _begins(self, text: str) -> bool:
        """Whether a valid number may begin with a text without separators."""

    @abstractmethod
    def _fits(self, text: str) -> bool:
        """Whether a text without separators is accepted."""

    def _canonical(self, text: str) -> str:
        """Return the normal form of a text that fits."""
        return text


def ascii_digits(text: str) -> str:
    """Return a text with the digits of every script as ASCII digits.

    Examples
    --------
    >>> ascii_digits("೧೨/೫")
    '12/5'
    """
    if text.isascii():
        return text
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def shorten(text: str) -> str:
    """Return the beginning of a text, for messages."""
    return text if len(text) <= 80 else text[:77] + "..."


def _separated(separators: str) -> re.Pattern[str]:
    """Match characters with at most one separator after each, which may have spaces around it."""
    if not separators:
        return re.compile(".*", re.DOTALL)
    marks = re.escape(separators.replace(" ", ""))
    between = f" ?[{marks}] ?| " if marks else " "
    return re.compile(f"(?:[^{re.escape(separators)}](?:{between})?)*")
