"""What the texts of numbers are worth: the values that constraints compare."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from numerals.constraints.decimals import to_decimal
from numerals.formats import parse_format

Candidate = tuple[str, float]
"""A reading of a number and its probability."""

Parse = Callable[[str], Decimal | None]
"""Function of a text that returns its value; None if it has none."""


def make_parser(format: str | None = None, decimal: str | None = None) -> Parse:
    """Return the function from the text of a number to its value.

    Parameters
    ----------
    format : str, optional
        Spec of the number format. The value of a date is its number of days since 1 January of
        year 1, that of other texts the number that they are.
    decimal : {".", ","}, optional
        The decimal separator; by default it is inferred.

    Returns
    -------
    callable
        None for a text that is not a number, or may be two days.

    Examples
    --------
    >>> days = make_parser("date:dmy")
    >>> days("1.2.2024") - days("31.1.2024")
    Decimal('1')
    """
    if format is None or format.partition(":")[0] != "date":
        return lambda text: to_decimal(text, decimal)
    number_format = parse_format(format)

    def parse_day(text: str) -> Decimal | None:
        try:
            return Decimal(date.fromisoformat(number_format.normalize(text)).toordinal())
        except ValueError:
            return None

    return parse_day


def sort_candidates(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the readings of a number, each text once, the most probable first.

    The order does not depend on which of them was chosen, so that constraints can be applied again
    to their own result.
    """
    best: dict[str, float] = {}
    for text, probability in candidates:
        best[text] = max(probability, best.get(text, 0.0))
    return sorted(best.items(), key=lambda candidate: (-candidate[1], candidate[0]))
