"""Sample texts of composed pages: integers, expressions, printed words and numbers."""

import numpy as np

_Rng = np.random.Generator

_WORDS = (
    "total amount name date signature address page number of the and votes paper received office "
    "value kind remark price invoice account section sum tax per year month day form district list "
    "code quantity description item grand balance due paid person age sex weight school class exam "
    "question marks student street city phone score player hole par out in winner valid invalid "
    "temperature rain wind minimum maximum station observer north south January June Monday"
).split()
# Numbers of digits, and the share of each.
_INTEGER_LENGTHS = (
    [1, 2, 3, 4, 5, 6, 7, 8, 10],
    [0.24, 0.24, 0.18, 0.12, 0.08, 0.06, 0.04, 0.02, 0.02],
)
_EXPRESSION_OPERATORS = ["+", "-", "×", "÷", "=", "/", "*", ":"]


def sample_integer(rng: _Rng) -> str:
    """Return a whole number of one to ten digits."""
    lengths, shares = _INTEGER_LENGTHS
    n = int(rng.choice(lengths, p=shares))
    return "".join(map(str, rng.integers(0, 10, n)))


def sample_expression(rng: _Rng) -> str:
    """Return a sum, a price, a signed number or another expression."""
    kind = rng.random()
    if kind < 0.55:
        space = " " if rng.random() < 0.5 else ""
        text = sample_integer(rng)[:3]
        for _ in range(int(rng.integers(1, 4))):
            text += (
                f"{space}{rng.choice(_EXPRESSION_OPERATORS[:4])}{space}{sample_integer(rng)[:4]}"
            )
        if rng.random() < 0.5:
            text += f"{space}={space}{sample_integer(rng)[:4]}"
        return text
    number = sample_integer(rng)[:4]
    decimals = f"{rng.integers(0, 100):02d}"
    choices = [
        f"-{number}",
        f"- {number}.{decimals[0]}",
        f"{number},-",
        f"{number}.--",
        f"${number}.{decimals}",
        f"€{number},{decimals}",
        f"#{number}",
        f"({number})",
        f"{number}%",
        f"+{number}",
    ]
    return str(rng.choice(choices))


def sample_printed_words(rng: _Rng, n_words: int) -> str:
    """Return words that are common on forms."""
    words = " ".join(rng.choice(_WORDS, n_words))
    return words.capitalize() if rng.random() < 0.6 else words


def sample_printed_number(rng: _Rng) -> str:
    """Return an integer of up to five digits, or a number with two decimals."""
    if rng.random() < 0.2:
        return f"{rng.integers(1, 999)}.{rng.integers(0, 100):02d}"
    return str(int(rng.integers(0, 10 ** int(rng.integers(1, 6)))))
