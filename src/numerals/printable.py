"""Escape text of unknown origin (file names, labels, stored text) so that it is safe to print.

File names may contain escape sequences that recolor, move or overwrite the text of a terminal, or
make it send input. Names that are not UTF-8 contain surrogates, which cannot be printed.
"""

import json
import re
import unicodedata
from typing import Any

# Bidirectional control characters, with which a name can be displayed as another.
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# Unsafe characters that json.dumps does not escape; they occur only within strings.
_UNESCAPED_BY_JSON = re.compile(f"[\x7f-\x9f\u2028\u2029{''.join(sorted(_BIDI_CONTROLS))}]")
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Control characters, surrogates, line and paragraph separators.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def printable(text: str, keep: str = "") -> str:
    r"""Escape the control characters of a text, such as ``\x1b``.

    Parameters
    ----------
    text : str
    keep : str, default=""
        Control characters that are not escaped: ``"\n\t"`` for text of several lines.

    Returns
    -------
    str

    Examples
    --------
    >>> print(printable("\x1b[2Jscan\n7.png"))
    \x1b[2Jscan\n7.png
    """
    if text.isprintable():  # the usual case
        return text
    return "".join(c if c in keep or not _is_unsafe(c) else _escape(c) for c in text)


def json_text(value: Any, encoding: str | None = None, indent: int | None = None) -> str:
    r"""Serialize a value as JSON that is safe to print, without loss.

    Parameters
    ----------
    value : object
        A value that `json.dumps` accepts.
    encoding : str, optional
        Encoding of the output, UTF-8 by default. Characters that it lacks are escaped, such as
        ``\u0667``.
    indent : int, optional
        Number of spaces of each level.

    Returns
    -------
    str

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
    return _UNESCAPED_BY_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _is_unsafe(character: str) -> bool:
    return character in _BIDI_CONTROLS or unicodedata.category(character) in _UNSAFE_CATEGORIES


def _escape(character: str) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
