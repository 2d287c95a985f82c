"""What a regular expression costs, counted on its parsed form before it is compiled.

The ``regex`` package writes repeats out when it compiles: ``a{1000000000}`` takes all memory, and
so do smaller counts inside each other. `parse_pattern` therefore reads a pattern token by token,
counts what it expands to, and returns the pattern that was counted, written anew, so that what is
compiled is what was counted.
"""

import re
from dataclasses import dataclass

from numerals.errors import FormatError
from numerals.formats.number_format import shorten

MAX_STATES = 10_000
"""Of a pattern, with its repeats written out."""
MAX_DEPTH = 50
"""Parentheses inside each other."""

_QUANTIFIER = re.compile(r"\{(?:([0-9]{1,9})(,?)([0-9]{0,9})|,([0-9]{1,9}))\}")
_ESCAPE = re.compile(r"\\(?:[pP]\{[^{}]*\}|N\{[^{}]*\}|g<\w+>|.)", re.DOTALL)
_CLASS = (  # what else stands between colons, regex takes as characters: the set ends sooner
    r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit)"
    r":\]"
)
_SET = re.compile(rf"\[\^?(?:\\.|{_CLASS}|[^\[\]\\])+\]", re.DOTALL)
_GROUP = re.compile(
    r"\((?:\?(?::|=|!|<=|<!|>|\||P?<[A-Za-z_]\w*>|P=[A-Za-z_]\w*\)|[im]+\)|[im]+:))?"
)


@dataclass
class _Level:
    """A parenthesis that is open: the size of what stands in it, and of its last item."""

    is_group: bool
    size: int = 0
    item: int = 0
    repeats: int = 0  # that follow each other, as in a{2}{3}

    def add(self, size: int) -> None:
        self.size += size
        self.item = size
        self.repeats = 0


def parse_pattern(name: str, pattern: str) -> str:
    """Return a pattern if it is small enough when its repeats are written out.

    Parameters
    ----------
    name : str
        The format, for messages.
    pattern : str
        Its counts in ASCII digits.

    Raises
    ------
    FormatError
        If it is too large or nested too deeply, or has what is not admitted: recursion, fuzzy
        matching, verbose mode, conditions, and sets inside sets.
    """
    levels = [_Level(is_group=False)]
    written: list[str] = []
    position = 0
    while position < len(pattern):
        token = _next_token(name, pattern, position)
        position += len(token)
        written.append(_take(name, token, levels))
        if sum(level.size for level in levels) > MAX_STATES:
            raise FormatError(
                f"format {shorten(name)!r} repeats too often: with its counts written out it has "
                f"more than {MAX_STATES:,} parts; lower the counts"
            )
    if len(levels) > 1:
        raise FormatError(f"format {shorten(name)!r}: a parenthesis is open at the end; close it")
    return "".join(written)


def _next_token(name: str, pattern: str, position: int) -> str:
    first = pattern[position]
    shape = {"\\": _ESCAPE, "[": _SET, "(": _GROUP, "{": _QUANTIFIER}.get(first)
    if shape is None:
        return first
    match = shape.match(pattern, position)
    if match is None or (first == "(" and pattern.startswith("?", match.end())):
        raise FormatError(
            f"format {shorten(name)!r}: {shorten(pattern[position:])!r} is not admitted; write "
            "groups as (...), (?:...), (?=...), (?<name>...), counts as {2}, {2,} or {2,5}, and "
            r"\{ \[ \( for the characters themselves"
        )
    return match[0]


def _take(name: str, token: str, levels: list[_Level]) -> str:
    """Count a token, and return how it is written."""
    level = levels[-1]
    if token[0] == "(" and not token.endswith(")"):
        if len(levels) > MAX_DEPTH:
            raise FormatError(
                f"format {shorten(name)!r}: more than {MAX_DEPTH} parentheses inside each other; "
                "write it flatter"
            )
        levels.append(_Level(is_group=True))
    elif token == ")":
        if not level.is_group:
            raise FormatError(f"format {shorten(name)!r}: a parenthesis closes that is not open")
        levels.pop()
        levels[-1].add(level.size + 1)
    elif token[0] == "{":
        return _repeat(name, token, level)
    elif token == "|":
        level.item = 0
    elif token not in ("*", "+", "?"):
        level.add(1)
    return token


def _repeat(name: str, token: str, level: _Level) -> str:
    match = _QUANTIFIER.fullmatch(token)
    assert match is not None
    low, comma, high, only_high = match.groups(default="")
    count = max(int(low or 0), int(high or 0), int(only_high or 0), 1)
    level.repeats += 1
    if level.item == 0 or level.repeats > 1:
        raise FormatError(
            f"format {shorten(name)!r}: {token} follows nothing that can be repeated; write one "
            r"count after a character, set or group, and \{ for the character"
        )
    level.size += level.item * (count - 1)
    level.item *= count
    if only_high:
        return f"{{0,{int(only_high)}}}"
    return f"{{{int(low)}{comma}{int(high) if high else ''}}}"
