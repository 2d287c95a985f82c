"""Usage errors: checks of options that typer does not do, and the exception that they raise."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import typer

from numerals.errors import OptionError


class UsageError(typer.BadParameter):
    """An invalid combination of options; the message does not start with "Invalid value"."""

    def format_message(self) -> str:
        """Return the message to print."""
        return self.message


def choose_one(given: Mapping[str, object]) -> None:
    """Raise `UsageError` if more than one of the options is given."""
    if sum(map(bool, given.values())) > 1:
        raise UsageError(f"choose only one of {_join(given, 'and')}")


def check_choice(option: str, value: str | None, choices: Sequence[str]) -> None:
    """Raise `UsageError` if an option is given with a value that is not a choice."""
    if value is not None and value not in choices:
        *first, last = choices
        raise UsageError(f"{option} {value}: expected {', '.join(first)} or {last}")


def refuse_together(option: str, value: object, others: Mapping[str, object]) -> None:
    """Raise `UsageError` if an option is given together with any of the others."""
    if value and any(others.values()):
        raise UsageError(f"{option} cannot be combined with {_join(others, 'or')}")


@contextmanager
def report_as_usage_error() -> Iterator[None]:
    """Convert an `OptionError` of the library to a usage error of the command line."""
    try:
        yield
    except OptionError as error:
        raise UsageError(str(error)) from error


def parse_rate(option: str, text: str | None) -> float | None:
    """Return a rate such as ``0.5%`` or ``0.005`` as a number in [0, 1]; None for None."""
    if text is None:
        return None
    try:
        rate = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise UsageError(f"{option} {text}: expected a rate such as 0.5% or 0.005")
    return rate


def _join(options: Mapping[str, object], conjunction: str) -> str:
    *first, last = options
    return f"{', '.join(first)} {conjunction} {last}" if first else last
