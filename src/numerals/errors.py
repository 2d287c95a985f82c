"""What can go wrong, as a family of exceptions.

::

    NumeralsError
    ├── ImageError (ValueError)             bytes that are no picture we can read
    │   └── ImageTooLargeError              a picture beyond the stated limits
    ├── DataError (ValueError)              a data set's file that is not as its format says
    │   └── FormatError                     a number format that makes no sense or costs too much
    ├── OptionError (ValueError)            ways to read that are none, or exclude each other
    ├── FormError (ValueError)              a scan that does not show the form it should
    ├── DataNotFoundError (FileNotFoundError)   a data set that is neither on disk nor downloadable
    ├── ModelError (ValueError)             an ONNX file that is not one of our models
    ├── TrainingError (ArithmeticError)     a training run whose numbers got out of hand
    ├── StoreError (RuntimeError)           a store that cannot be opened, read or written
    │   ├── NotStoredError (LookupError)    a reading or line that the store does not have
    │   ├── NothingToUndoError (ValueError) a line that nobody has changed
    │   ├── EditConflictError (ValueError)  a line that somebody else answered meanwhile
    │   └── KeyReusedError (ValueError)     one key for two different requests
    ├── UnknownNameError (KeyError)         a name that the catalogue or a registry does not have
    └── MissingExtraError (ImportError)     an optional dependency that is not installed

Every message says what was wrong, where, and what to do next. Each class also derives from the
builtin exception that it specialises, so callers can catch either.
"""

from collections.abc import Iterable
from typing import Any, Self


class NumeralsError(Exception):
    """Base of every error that numerals raises on purpose."""

    def with_message(self, message: str) -> Self:
        """Return an error of the same class that says something else, whatever its constructor."""
        return type(self).__new__(type(self), message)


class ImageError(NumeralsError, ValueError):
    """A picture cannot be decoded."""


class ImageTooLargeError(ImageError):
    """A picture has more pixels or bytes than the limits admit."""


class DataError(NumeralsError, ValueError):
    """A data file does not follow its format."""


class FormatError(DataError):
    """A number format cannot be understood, or takes too much time or memory to check."""


class OptionError(NumeralsError, ValueError):
    """A choice of how to read does not exist, or excludes another."""


class FormError(NumeralsError, ValueError):
    """A scan does not show the form of the template."""


class DataNotFoundError(NumeralsError, FileNotFoundError):
    """A data set is neither on disk nor to be had from its public home."""


class ModelError(NumeralsError, ValueError):
    """A file is not a model that numerals can run."""


class TrainingError(NumeralsError, ArithmeticError):
    """A training run came to numbers that are none."""


class StoreError(NumeralsError, RuntimeError):
    """A store cannot be opened, read or written."""


class NotStoredError(StoreError, LookupError):
    """A store does not have the reading or line that was asked for."""


class NothingToUndoError(StoreError, ValueError):
    """All that was done to a line is undone already."""


class EditConflictError(StoreError, ValueError):
    """Somebody else changed a line since it was looked at; nothing was stored.

    Attributes
    ----------
    item : numerals.corrections.review_items.ReviewItem
        The line as it is now.
    """

    def __init__(self, message: str, item: Any) -> None:
        super().__init__(message)
        self.item = item


class KeyReusedError(StoreError, ValueError):
    """The key of a request was sent with another request before."""


class UnknownNameError(NumeralsError, KeyError):
    """A name is not in a registry.

    Parameters
    ----------
    kind : str
        What was looked up, such as ``"data set"``.
    name : str
        The name that was not found.
    known : iterable of str
        The names that there are.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.message = f"unknown {kind} {name!r}; known: {', '.join(sorted(known))}"
        super().__init__(self.message)

    def __str__(self) -> str:  # KeyError would show the message in quotes
        return self.message


class MissingExtraError(NumeralsError, ImportError):
    """An optional dependency is not installed.

    Parameters
    ----------
    needs : str
        What needs the extra, such as ``"reading HEIC"``.
    extra : str
        The extra's name in ``pyproject.toml``.
    """

    def __init__(self, needs: str, extra: str) -> None:
        self.needs, self.extra = needs, extra
        super().__init__(f"{needs} needs an extra: pip install 'numerals[{extra}]'")
