"""What people write as numbers: amounts, dates, times, telephone numbers, readings of a meter."""

from collections.abc import Callable

import numpy as np

SIGNS = ".,-+/:()% "
"""What stands between digits in a number; the last is a space."""
OPERATORS = "×÷=*#°$€£"
"""What stands in sums, before prices and after degrees."""
REJECT = "\ufffd"
"""Stands for a character that is none of a number, such as a letter."""

_LETTERS = "aaabcdeeeefghiiijklmmnnnooopqrrrsssttttuuvwxyzABDEFGHKMNPRTW"
_LIKE_DIGITS = "bgilloqszBDGIOSZ"
_Rng = np.random.Generator


def sample_text(rng: _Rng, *, operators: float = 0.0) -> str:
    """Return a number as somebody might write it, of ASCII digits and `SIGNS`.

    Plain digits are the most frequent, of one to twelve; the rest carries signs.

    Parameters
    ----------
    rng : numpy.random.Generator
    operators : float in [0, 1], default=0
        Share of the texts that are sums, or have a currency or the like, with `OPERATORS`.
    """
    if operators and rng.random() < operators:
        return _sum(rng) if rng.random() < 0.6 else _marked(rng)
    kind = _KINDS[int(np.searchsorted(_BOUNDS, rng.random(), side="right"))]
    return kind(rng)


def sample_word(rng: _Rng) -> str:
    """Return letters, of which three at least are not like any digit."""
    while True:
        word = "".join(rng.choice(list(_LETTERS), int(rng.integers(3, 10))).tolist())
        if sum(c not in _LIKE_DIGITS for c in word) >= 3:
            return word.capitalize() if rng.random() < 0.3 else word


def _digits(rng: _Rng, count: int) -> str:
    """Return digits; now and then one of them repeats, as in round amounts."""
    if rng.random() < 0.15:
        many = "0123456789"[int(rng.integers(10))]
        kept = int(rng.integers(0, count + 1))
        return _digits(rng, kept) + many * (count - kept) if kept < count else many * count
    return "".join(map(str, rng.integers(0, 10, count).tolist()))


def _plain(rng: _Rng) -> str:
    return _digits(rng, int(rng.choice(12, p=_LENGTHS)) + 1)


def _grouped(rng: _Rng, sign: str) -> str:
    groups = [_digits(rng, int(rng.integers(1, 4)))]
    groups += [_digits(rng, 3) for _ in range(int(rng.choice([1, 2], p=[0.85, 0.15])))]
    return sign.join(groups)


def _amount(rng: _Rng) -> str:
    thousands, decimal = (".", ",") if rng.random() < 0.5 else (",", ".")
    if rng.random() < 0.2:
        thousands = " "
    whole = _grouped(rng, thousands) if rng.random() < 0.6 else _digits(rng, _few(rng, 1, 6))
    ending = rng.random()
    if ending < 0.35:
        return whole + decimal + _digits(rng, 2)
    if ending < 0.5:
        return whole + str(rng.choice([".-", ",-", "-", ".", ",--", ".--", "--", "-."]))
    return whole


def _decimal(rng: _Rng) -> str:
    mark = "." if rng.random() < 0.55 else ","
    return _digits(rng, _few(rng, 1, 4)) + mark + _digits(rng, _few(rng, 1, 4))


def _signed(rng: _Rng) -> str:
    sign = "-" if rng.random() < 0.7 else "+"
    return sign + (_digits(rng, _few(rng, 1, 5)) if rng.random() < 0.5 else _decimal(rng))


def _date(rng: _Rng) -> str:
    mark = "./-"[int(rng.integers(3))]
    day, month = str(rng.integers(1, 32)), str(rng.integers(1, 13))
    if rng.random() < 0.6:
        day, month = day.zfill(2), month.zfill(2)
    year = str(rng.integers(1900, 2050))
    if rng.random() < 0.2:
        return mark.join([year, month.zfill(2), day.zfill(2)])
    return mark.join([day, month, year if rng.random() < 0.6 else year[2:]])


def _time(rng: _Rng) -> str:
    parts = [f"{rng.integers(24):d}", f"{rng.integers(60):02d}"]
    return ":".join([*parts, f"{rng.integers(60):02d}"] if rng.random() < 0.2 else parts)


def _telephone(rng: _Rng) -> str:
    mark = str(rng.choice(["-", " ", "", "/", "."], p=[0.4, 0.35, 0.05, 0.1, 0.1]))
    groups = [_digits(rng, int(n)) for n in rng.integers(2, 5, _few(rng, 2, 5))]
    start = rng.random()
    if start < 0.2:
        return f"({groups[0]})" + (" " if rng.random() < 0.5 else "") + mark.join(groups[1:])
    return ("+" if start < 0.35 else "") + mark.join(groups)


def _share(rng: _Rng) -> str:
    return (_digits(rng, _few(rng, 1, 3)) if rng.random() < 0.6 else _decimal(rng)) + "%"


def _fraction(rng: _Rng) -> str:
    return _digits(rng, _few(rng, 1, 4)) + "/" + _digits(rng, _few(rng, 1, 4))


def _apart(rng: _Rng) -> str:
    return " ".join(_digits(rng, int(n)) for n in rng.integers(1, 6, _few(rng, 2, 4)))


def _sum(rng: _Rng) -> str:
    """Return numbers with operators between them, now and then with their result."""
    space = " " if rng.random() < 0.3 else ""
    text = _digits(rng, _few(rng, 1, 4))
    for _ in range(_few(rng, 1, 4)):
        sign = str(
            rng.choice(["+", "-", "×", "÷", "*", "/"], p=[0.34, 0.24, 0.24, 0.08, 0.06, 0.04])
        )
        text += space + sign + space + _digits(rng, _few(rng, 1, 4))
    if rng.random() < 0.15:
        text = f"({text})"
    if rng.random() < 0.4:
        text += f"{space}={space}" + _digits(rng, _few(rng, 1, 5))
    return text


def _marked(rng: _Rng) -> str:
    """Return a number with a sign of currency, degrees or order, or an equals sign."""
    number = _digits(rng, _few(rng, 1, 5)) if rng.random() < 0.5 else _decimal(rng)
    currency = str(rng.choice(["$", "€", "£"], p=[0.5, 0.3, 0.2]))
    kind = rng.random()
    if kind < 0.45:
        return currency + number
    if kind < 0.6:
        return number + currency
    if kind < 0.75:
        return number + "°"
    return ("#" if kind < 0.88 else "=") + number


def _few(rng: _Rng, low: int, high: int) -> int:
    return int(rng.integers(low, high))


_LENGTHS = np.array([9, 12, 14, 12, 11, 10, 8, 7, 5, 8, 2, 2]) / 100
_WEIGHTS: dict[Callable[[_Rng], str], float] = {
    _plain: 0.5,
    _amount: 0.16,
    _decimal: 0.09,
    _signed: 0.04,
    _date: 0.06,
    _time: 0.03,
    _telephone: 0.05,
    _share: 0.02,
    _fraction: 0.02,
    _apart: 0.03,
}
_KINDS = tuple(_WEIGHTS)
_BOUNDS = np.cumsum(list(_WEIGHTS.values()))[:-1]
