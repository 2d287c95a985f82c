"""Text from outside (file names, labels, stored text) -> text that a terminal only shows.

A file name may hold escape sequences that colour, move or rewrite what a terminal shows, or that
make it answer; and a name that is not UTF-8 comes as halves of characters, which cannot be printed.
"""

import json
import re
import unicodedata
from typing import Any

# Characters that turn the direction of what follows, so that a name shows as another.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Those of them that JSON does not escape by itself: they stand in its strings alone.
_OUTSIDE_JSON = re.compile(f"[\x7f-\x9f\u2028\u2029{''.join(sorted(_TURNING))}]")
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


def json_text(value: Any, encoding: str | None = None, indent: int | None = None) -> str:
    r"""Return a value as JSON that is exact and that a terminal only shows.

    Parameters
    ----------
    value : object
        Plain values.
    encoding : str, optional
        Of where the text goes; what that lacks is escaped, as ``\u0667``. UTF-8 by default.
    indent : int, optional

    Examples
    --------
    >>> print(json_text({"file": "\x9b31m\udce9"}))
    {"file": "\u009b31m\udce9"}
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        text = json.dumps(value, indent=indent)
    return _OUTSIDE_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _is_harmful(character: str) -> bool:
    return character in _TURNING or unicodedata.category(character) in _HARMFUL


def _written_out(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
