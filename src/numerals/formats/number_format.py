"""The base class of number formats, which check a text or the beginning of one."""

import re
from abc import ABC, abstractmethod


class NumberFormat(ABC):
    """A restriction of what a number may look like.

    Digits of all scripts are treated as the ASCII digits of the same value. Separators without
    meaning are allowed between two characters, such as the space that a writer left.

    Parameters
    ----------
    name : str
        The spec of the format, such as ``"digits:10"``.
    alphabet : str or None
        The allowed characters without the separators; None allows all.
    separators : str, default=" "
        Characters that are ignored between two others.

    Attributes
    ----------
    name : str
    alphabet : str or None
        The allowed characters, including the separators.
    """

    def __init__(self, name: str, alphabet: str | None, separators: str = " ") -> None:
        self.name = name
        self.alphabet = alphabet and alphabet + separators
        self._separators = separators
        self._characters = alphabet or ""
        self._separator_removal = str.maketrans("", "", separators)
        self._separated_prefix = _compile_separated_prefix(separators)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def may_begin(self, prefix: str) -> bool:
        """Return whether a valid number may begin with `prefix`.

        False is certain. True may be wrong for some formats, which then reject the whole number.
        """
        text = ascii_digits(prefix)
        joined = text.translate(self._separator_removal)
        if len(joined) == len(text):
            return self._is_prefix(text)
        if not self._separated_prefix.fullmatch(text):
            return False
        if text[-1] in self._separators:  # another character must follow
            return any(self._is_prefix(joined + character) for character in self._characters)
        return self._is_prefix(joined)

    def accepts(self, text: str) -> bool:
        """Return whether `text` is a complete, valid number with valid separators."""
        text = ascii_digits(text)
        joined = text.translate(self._separator_removal)
        if len(joined) != len(text):
            if not self._separated_prefix.fullmatch(text) or text[-1] in self._separators:
                return False
        return self._is_valid(joined)

    def normalize(self, text: str) -> str:
        """Return the canonical form of a number, which is the same for all its spellings.

        From a text that is not valid, only the separators are removed.
        """
        joined = ascii_digits(text).translate(self._separator_removal)
        return self._canonical(joined) if self._is_valid(joined) else joined

    @abstractmethod
    def _is_prefix(self, text: str) -> bool:
        """Return whether a valid number may begin with a text without separators."""

    @abstractmethod
    def _is_valid(self, text: str) -> bool:
        """Return whether a text without separators is a valid number."""

    def _canonical(self, text: str) -> str:
        """Return the canonical form of a valid number without separators."""
        return text


def ascii_digits(text: str) -> str:
    """Replace the digits of all scripts by ASCII digits.

    Examples
    --------
    >>> ascii_digits("೧೨/೫")
    '12/5'
    """
    if text.isascii():
        return text
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def shorten(text: str) -> str:
    """Return at most 80 characters of a text, for messages."""
    return text if len(text) <= 80 else text[:77] + "..."


def _compile_separated_prefix(separators: str) -> re.Pattern[str]:
    """Compile a pattern of characters with at most one separator, with spaces, after each."""
    if not separators:
        return re.compile(".*", re.DOTALL)
    marks = re.escape(separators.replace(" ", ""))
    between = f" ?[{marks}] ?| " if marks else " "
    return re.compile(f"(?:[^{re.escape(separators)}](?:{between})?)*")
