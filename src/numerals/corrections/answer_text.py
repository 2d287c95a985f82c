"""The text of an answer: a number in the digits of its line, or nothing.

The review queue checks every answer with `check_answer`, whether it comes from the page, the API or
the command line.
"""

import unicodedata

from numerals.errors import AnswerError, AnswerFormatError
from numerals.formats import NumberFormat, parse_format
from numerals.scripts import SCRIPTS

NOTHING = ""
"""The answer for ink that is not a number."""
SIGNS = ".,-+/:()%×÷=*#°$€£'’"
"""Characters beside digits and spaces that an answer may have. The page has the same list."""

_SAME_SIGNS = {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2212"}
_SAME_SPACES = {ord(space): " " for space in "\u00a0\u2007\u2009\u202f\t"}


def check_answer(
    text: str,
    script: str,
    number_format: str | NumberFormat | None = None,
    *,
    read: str = NOTHING,
    as_written: bool = False,
) -> str:
    """Return the text of an answer as it is stored.

    Digits become those of the script, dashes ``-`` and other spaces plain ones; surrounding spaces
    are removed.

    Parameters
    ----------
    text : str
        `NOTHING` says that there is no number.
    script : str
        Script of the line. An answer to a line of an unknown script, which a custom model read, may
        have any characters.
    number_format : str or NumberFormat, optional
        Format of the field.
    read : str, default=""
        Text as read. It may be confirmed although it has other characters.
    as_written : bool, default=False
        Whether a number that does not match the format is accepted, because the writer wrote it.

    Returns
    -------
    str

    Raises
    ------
    AnswerError
        If the text is neither a number nor empty.
    AnswerFormatError
        If it does not match the format.
    FormatError, UnknownNameError
        If the format itself is invalid or unknown.

    Examples
    --------
    >>> check_answer("12\u202f500,–", "latin")
    '12 500,-'
    >>> check_answer("417", "kannada")
    '೪೧೭'
    >>> check_answer("", "latin", "digits:4")
    ''
    """
    if isinstance(number_format, str):
        number_format = parse_format(number_format) if number_format else None
    answer = _normalize(text, script)
    if answer == NOTHING:
        return NOTHING
    matches = number_format is None or number_format.accepts(answer)
    if not (matches and number_format) and text not in (read, read.strip()):
        _check_characters(answer, script)
    if number_format and not matches and not as_written:
        raise AnswerFormatError(
            f"the answer {_shorten(answer)} does not match the format "
            f"{_shorten(number_format.name)}; correct it, or store it as written"
        )
    return text if text == read else answer


def _normalize(text: str, script: str) -> str:
    text = text.translate(_SAME_SIGNS).translate(_SAME_SPACES).strip()
    digits = SCRIPTS.get(script)
    if digits is None:
        return text
    return "".join(digits[unicodedata.decimal(c)] if c.isdecimal() else c for c in text)


def _check_characters(text: str, script: str) -> None:
    if script not in SCRIPTS:
        return
    unknown = sorted({c for c in text if not (c.isdecimal() or c in SIGNS or c == " ")})
    if unknown:
        names = ", ".join(unknown[:5])
        plural = "s" if len(unknown) > 1 else ""
        raise AnswerError(
            f"the answer {_shorten(text)} has the character{plural} {names}, expected digits and "
            f"the signs {SIGNS}; or an empty answer, if there is no number"
        )
    if not any(map(str.isdecimal, text)):
        raise AnswerError(
            f"the answer {_shorten(text)} has no digit; expected a number, or an empty answer if "
            "there is none"
        )


def _shorten(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
