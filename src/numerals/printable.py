"""Text from outside (file names, labels, stored text) -> text that a terminal only shows.

A file name may hold escape sequences that colour, move or rewrite what a terminal shows, or that
make it answer; and a name that is not UTF-8 comes as halves of characters, which cannot be printed.
"""

import unicodedata

# Characters that turn the direction of what follows, so that a name shows as another.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_HARMFUL = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control, half, line and paragraph separator


def printable(text: str, keep: str = "") -> str:
    r"""Return a text whose control characters are written out, such as ``\x1b``.

    Parameters
    ----------
    text : str
    keep : str, default=""
        Control characters that stay: ``"\n\t"`` for text of several lines.

    Examples
    --------
    >>> print(printable("\x1b[2Jscan\n7.png"))
    \x1b[2Jscan\n7.png
    """
    if text.isprintable():  # nearly always; spaces other than " " are not among it
        return text
    return "".join(c if c in keep or not _is_harmful(c) else _written_out(c) for c in text)


def _is_harmful(character: str) -> bool:
    return character in _TURNING or unicodedata.category(character) in _HARMFUL


def _written_out(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
