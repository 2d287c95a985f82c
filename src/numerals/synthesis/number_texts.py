"""Sample texts of numbers: plain digits, amounts, dates, times, telephone numbers, sums."""

from collections.abc import Callable

import numpy as np

SIGNS = ".,-+/:()% "
"""Separators and signs within numbers; the last is a space."""
OPERATORS = "×÷=*#°$€£"
"""Operators of sums, and symbols of currencies, degrees and order."""

_LETTERS = "aaabcdeeeefghiiijklmmnnnooopqrrrsssttttuuvwxyzABDEFGHKMNPRTW"  # by frequency
_DIGIT_LOOKALIKES = "bgilloqszBDGIOSZ"
_Rng = np.random.Generator


def sample_text(rng: _Rng, *, operators: float = 0.0) -> str:
    """Return a number of ASCII digits and `SIGNS`, in a random notation.

    Half of the texts are one to twelve digits; the others have separators or signs.

    Parameters
    ----------
    rng : numpy.random.Generator
    operators : float in [0, 1], default=0
        Share of the texts with `OPERATORS`: sums, and numbers with a currency or the like.
    """
    if operators and rng.random() < operators:
        return _sample_sum(rng) if rng.random() < 0.6 else _sample_marked(rng)
    sample = _SAMPLERS[int(np.searchsorted(_BOUNDS, rng.random(), side="right"))]
    return sample(rng)


def sample_word(rng: _Rng) -> str:
    """Return 3 to 9 random letters, at least three of which resemble no digit."""
    while True:
        word = "".join(rng.choice(list(_LETTERS), int(rng.integers(3, 10))).tolist())
        if sum(c not in _DIGIT_LOOKALIKES for c in word) >= 3:
            return word.capitalize() if rng.random() < 0.3 else word


def _digits(rng: _Rng, count: int) -> str:
    """Return digits; in some texts the last ones repeat, as in round amounts."""
    if rng.random() < 0.15:
        repeated = "0123456789"[int(rng.integers(10))]
        n_others = int(rng.integers(0, count + 1))
        if n_others == count:
            return repeated * count
        return _digits(rng, n_others) + repeated * (count - n_others)
    return "".join(map(str, rng.integers(0, 10, count).tolist()))


def _sample_plain(rng: _Rng) -> str:
    return _digits(rng, int(rng.choice(12, p=_PLAIN_LENGTHS)) + 1)


def _sample_grouped(rng: _Rng, sign: str) -> str:
    groups = [_digits(rng, int(rng.integers(1, 4)))]
    groups += [_digits(rng, 3) for _ in range(int(rng.choice([1, 2], p=[0.85, 0.15])))]
    return sign.join(groups)


def _sample_amount(rng: _Rng) -> str:
    thousands, decimal = (".", ",") if rng.random() < 0.5 else (",", ".")
    if rng.random() < 0.2:
        thousands = " "
    whole = (
        _sample_grouped(rng, thousands) if rng.random() < 0.6 else _digits(rng, _randint(rng, 1, 6))
    )
    ending = rng.random()
    if ending < 0.35:
        return whole + decimal + _digits(rng, 2)
    if ending < 0.5:
        return whole + str(rng.choice([".-", ",-", "-", ".", ",--", ".--", "--", "-."]))
    return whole


def _decimal(rng: _Rng) -> str:
    mark = "." if rng.random() < 0.55 else ","
    return _digits(rng, _randint(rng, 1, 4)) + mark + _digits(rng, _randint(rng, 1, 4))


def _sample_signed(rng: _Rng) -> str:
    sign = "-" if rng.random() < 0.7 else "+"
    return sign + (_digits(rng, _randint(rng, 1, 5)) if rng.random() < 0.5 else _decimal(rng))


def _sample_date(rng: _Rng) -> str:
    mark = "./-"[int(rng.integers(3))]
    day, month = str(rng.integers(1, 32)), str(rng.integers(1, 13))
    if rng.random() < 0.6:
        day, month = day.zfill(2), month.zfill(2)
    year = str(rng.integers(1900, 2050))
    if rng.random() < 0.2:
        return mark.join([year, month.zfill(2), day.zfill(2)])
    return mark.join([day, month, year if rng.random() < 0.6 else year[2:]])


def _sample_time(rng: _Rng) -> str:
    parts = [f"{rng.integers(24):d}", f"{rng.integers(60):02d}"]
    return ":".join([*parts, f"{rng.integers(60):02d}"] if rng.random() < 0.2 else parts)


def _sample_telephone(rng: _Rng) -> str:
    mark = str(rng.choice(["-", " ", "", "/", "."], p=[0.4, 0.35, 0.05, 0.1, 0.1]))
    groups = [_digits(rng, int(n)) for n in rng.integers(2, 5, _randint(rng, 2, 5))]
    start = rng.random()
    if start < 0.2:
        return f"({groups[0]})" + (" " if rng.random() < 0.5 else "") + mark.join(groups[1:])
    return ("+" if start < 0.35 else "") + mark.join(groups)


def _sample_percentage(rng: _Rng) -> str:
    return (_digits(rng, _randint(rng, 1, 3)) if rng.random() < 0.6 else _decimal(rng)) + "%"


def _sample_fraction(rng: _Rng) -> str:
    return _digits(rng, _randint(rng, 1, 4)) + "/" + _digits(rng, _randint(rng, 1, 4))


def _sample_spaced(rng: _Rng) -> str:
    return " ".join(_digits(rng, int(n)) for n in rng.integers(1, 6, _randint(rng, 2, 4)))


def _sample_sum(rng: _Rng) -> str:
    """Return numbers with operators between them; some with brackets or a result."""
    space = " " if rng.random() < 0.3 else ""
    text = _digits(rng, _randint(rng, 1, 4))
    for _ in range(_randint(rng, 1, 4)):
        sign = str(
            rng.choice(["+", "-", "×", "÷", "*", "/"], p=[0.34, 0.24, 0.24, 0.08, 0.06, 0.04])
        )
        text += space + sign + space + _digits(rng, _randint(rng, 1, 4))
    if rng.random() < 0.15:
        text = f"({text})"
    if rng.random() < 0.4:
        text += f"{space}={space}" + _digits(rng, _randint(rng, 1, 5))
    return text


def _sample_marked(rng: _Rng) -> str:
    """Return a number with a symbol of currency, degrees or order, or an equals sign."""
    number = _digits(rng, _randint(rng, 1, 5)) if rng.random() < 0.5 else _decimal(rng)
    currency = str(rng.choice(["$", "€", "£"], p=[0.5, 0.3, 0.2]))
    kind = rng.random()
    if kind < 0.45:
        return currency + number
    if kind < 0.6:
        return number + currency
    if kind < 0.75:
        return number + "°"
    return ("#" if kind < 0.88 else "=") + number


def _randint(rng: _Rng, low: int, high: int) -> int:
    """Return an integer from `low` to `high` - 1."""
    return int(rng.integers(low, high))


# Shares of the lengths of plain numbers, 1 to 12 digits.
_PLAIN_LENGTHS = np.array([9, 12, 14, 12, 11, 10, 8, 7, 5, 8, 2, 2]) / 100
_SHARES: dict[Callable[[_Rng], str], float] = {
    _sample_plain: 0.5,
    _sample_amount: 0.16,
    _decimal: 0.09,
    _sample_signed: 0.04,
    _sample_date: 0.06,
    _sample_time: 0.03,
    _sample_telephone: 0.05,
    _sample_percentage: 0.02,
    _sample_fraction: 0.02,
    _sample_spaced: 0.03,
}
_SAMPLERS = tuple(_SHARES)
_BOUNDS = np.cumsum(list(_SHARES.values()))[:-1]
