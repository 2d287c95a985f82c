"""Limit the size of a regular expression before it is compiled.

The ``regex`` package expands repeats when it compiles, so ``a{1000000000}`` or nested smaller
counts use all memory. `parse_pattern` reads a pattern token by token, computes its expanded size,
and returns a pattern rebuilt from these tokens, so that the compiled pattern is the measured one.
"""

import re
from dataclasses import dataclass

from numerals.errors import FormatError
from numerals.formats.number_format import shorten

MAX_STATES = 10_000
"""Maximum number of items of a pattern after its repeats are expanded."""

MAX_NESTED_GROUPS = 50
"""Maximum number of nested parentheses."""

_QUANTIFIER = re.compile(r"\{(?:([0-9]{1,9})(,?)([0-9]{0,9})|,([0-9]{1,9}))\}")
_ESCAPE = re.compile(r"\\(?:[pP]\{[^{}]*\}|N\{[^{}]*\}|g<\w+>|.)", re.DOTALL)
_CLASS = (  # regex reads other names between colons as characters, and the set ends earlier
    r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit)"
    r":\]"
)
_SET = re.compile(rf"\[\^?(?:\\.|{_CLASS}|[^\[\]\\])+\]", re.DOTALL)
_GROUP = re.compile(
    r"\((?:\?(?::|=|!|<=|<!|>|\||P?<[A-Za-z_]\w*>|P=[A-Za-z_]\w*\)|[im]+\)|[im]+:))?"
)


@dataclass
class _Level:
    """The expanded sizes of an open parenthesis and of its last item."""

    is_group: bool
    size: int = 0
    last_item: int = 0
    n_quantifiers: int = 0  # consecutive ones, as in a{2}{3}

    def add(self, size: int) -> None:
        self.size += size
        self.last_item = size
        self.n_quantifiers = 0


def parse_pattern(name: str, pattern: str) -> str:
    """Return a pattern if its expanded size is within the limits.

    Parameters
    ----------
    name : str
        The spec of the format, for messages.
    pattern : str
        A pattern with counts in ASCII digits.

    Returns
    -------
    str
        An equivalent pattern.

    Raises
    ------
    FormatError
        If the pattern is too large or nested too deeply, or uses recursion, fuzzy matching,
        verbose mode, conditions or nested sets.
    """
    levels = [_Level(is_group=False)]
    rebuilt: list[str] = []
    position = 0
    while position < len(pattern):
        token = _next_token(name, pattern, position)
        position += len(token)
        rebuilt.append(_process(name, token, levels))
        if sum(level.size for level in levels) > MAX_STATES:
            raise FormatError(
                f"format {shorten(name)!r} repeats too often: with expanded counts it has more "
                f"than {MAX_STATES:,} items; lower the counts"
            )
    if len(levels) > 1:
        raise FormatError(f"format {shorten(name)!r}: a parenthesis is not closed; close it")
    return "".join(rebuilt)


def _next_token(name: str, pattern: str, position: int) -> str:
    first = pattern[position]
    shape = {"\\": _ESCAPE, "[": _SET, "(": _GROUP, "{": _QUANTIFIER}.get(first)
    if shape is None:
        return first
    match = shape.match(pattern, position)
    if match is None or (first == "(" and pattern.startswith("?", match.end())):
        raise FormatError(
            f"format {shorten(name)!r}: {shorten(pattern[position:])!r} is not supported; write "
            "groups as (...), (?:...), (?=...), (?<name>...), counts as {2}, {2,} or {2,5}, and "
            r"\{ \[ \( for the characters themselves"
        )
    return match[0]


def _process(name: str, token: str, levels: list[_Level]) -> str:
    """Add the size of a token to the open levels, and return the token for the new pattern."""
    level = levels[-1]
    if token[0] == "(" and not token.endswith(")"):
        if len(levels) > MAX_NESTED_GROUPS:
            raise FormatError(
                f"format {shorten(name)!r}: more than {MAX_NESTED_GROUPS} nested parentheses; "
                "simplify it"
            )
        levels.append(_Level(is_group=True))
    elif token == ")":
        if not level.is_group:
            raise FormatError(
                f"format {shorten(name)!r}: a closing parenthesis has no opening one; remove it"
            )
        levels.pop()
        levels[-1].add(level.size + 1)
    elif token[0] == "{":
        return _repeat(name, token, level)
    elif token == "|":
        level.last_item = 0
    elif token not in ("*", "+", "?"):
        level.add(1)
    return token


def _repeat(name: str, token: str, level: _Level) -> str:
    match = _QUANTIFIER.fullmatch(token)
    assert match is not None
    low, comma, high, only_high = match.groups(default="")
    count = max(int(low or 0), int(high or 0), int(only_high or 0), 1)
    level.n_quantifiers += 1
    if level.last_item == 0 or level.n_quantifiers > 1:
        raise FormatError(
            f"format {shorten(name)!r}: {token} follows nothing that can be repeated; write one "
            r"count after a character, set or group, and \{ for the character"
        )
    level.size += level.last_item * (count - 1)
    level.last_item *= count
    if only_high:
        return f"{{0,{int(only_high)}}}"
    return f"{{{int(low)}{comma}{int(high) if high else ''}}}"
