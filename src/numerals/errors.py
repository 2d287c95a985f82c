"""The exceptions of numerals.

::

    NumeralsError
    ├── ImageError (ValueError)             an image that cannot be decoded
    │   └── ImageTooLargeError              an image that exceeds the limits
    ├── DataError (ValueError)              a data file that does not follow its format
    │   └── FormatError                     a number format that is invalid or too costly
    ├── OptionError (ValueError)            options that are invalid or exclude each other
    ├── AnswerError (ValueError)            an answer that is not a number
    │   └── AnswerFormatError               a number that does not match the format of its field
    ├── FormError (ValueError)              a scan that does not show the form of the template
    ├── DataNotFoundError (FileNotFoundError)   a data set that is neither on disk nor downloadable
    ├── ModelError (ValueError)             a file that is not a model of numerals
    │   └── WorseModelError                 a model that is worse than the active one
    ├── TrainingStateError (RuntimeError)   a training that runs, or that has not been started
    ├── TrainingError (ArithmeticError)     a training run that diverged
    ├── RunError (RuntimeError)             a run that cannot be started, continued or opened
    ├── StoreError (RuntimeError)           a store that cannot be opened, read or written
    │   ├── NotStoredError (LookupError)    a reading or line that is not in the store
    │   ├── NothingToUndoError (ValueError) a line without changes
    │   ├── EditConflictError (ValueError)  a line that another user changed in the meantime
    │   └── KeyReusedError (ValueError)     one idempotency key for two different requests
    ├── UnknownNameError (KeyError)         a name that is not in the catalogue or a registry
    └── MissingExtraError (ImportError)     an optional dependency that is not installed

Every message states the problem, the file or argument, and the next step. Each class also derives
from the builtin exception that it specialises, so callers can catch either.
"""

from collections.abc import Iterable
from typing import Any, Self

_MAX_COMPARED = 100  # characters of a name that are compared with known names


class NumeralsError(Exception):
    """Base class of all errors that numerals raises deliberately.

    Attributes
    ----------
    page, n_pages : int, optional
        The damaged or missing page of a picture, from 1, and how many pages the file has; None for
        other errors, and if the file cannot be opened.
    """

    page: int | None = None
    n_pages: int | None = None

    def with_message(self, message: str) -> Self:
        """Return an error of the same class with another message, bypassing its constructor."""
        return type(self).__new__(type(self), message)

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickle would call the constructor with the message, which some classes do not accept.
        return type(self).__new__, (type(self), *self.args), self.__dict__


class ImageError(NumeralsError, ValueError):
    """An image cannot be decoded."""


class ImageTooLargeError(ImageError):
    """An image exceeds the limits of pixels, bytes or pages."""


class DataError(NumeralsError, ValueError):
    """A data file does not follow its format."""


class FormatError(DataError):
    """A number format is invalid, or takes too much time or memory to check."""


class OptionError(NumeralsError, ValueError):
    """An option is invalid, or excludes another one."""


class AnswerError(NumeralsError, ValueError):
    """A reviewer's answer is not a number."""


class AnswerFormatError(AnswerError):
    """A reviewer's answer is a number, but does not match the format of its field."""


class FormError(NumeralsError, ValueError):
    """A scan does not show the form of the template."""


class DataNotFoundError(NumeralsError, FileNotFoundError):
    """A data set is neither on disk nor downloadable."""


class ModelError(NumeralsError, ValueError):
    """A file is not a model that numerals can run."""


class WorseModelError(ModelError):
    """A model is worse than the active one, or cannot be compared with it."""


class TrainingStateError(NumeralsError, RuntimeError):
    """A training cannot do this now: it is running, or has not been started or finished."""


class TrainingError(NumeralsError, ArithmeticError):
    """A training run diverged: its loss or weights are not finite."""


class RunError(NumeralsError, RuntimeError):
    """A run cannot be started, continued or opened."""


class StoreError(NumeralsError, RuntimeError):
    """A store cannot be opened, read or written."""


class NotStoredError(StoreError, LookupError):
    """The requested reading or line is not in the store."""


class NothingToUndoError(StoreError, ValueError):
    """A line has no changes that could be undone."""


class EditConflictError(StoreError, ValueError):
    """Another user changed a line since it was loaded; nothing was stored.

    Attributes
    ----------
    item : numerals.corrections.review_items.ReviewItem
        The current state of the line.
    """

    def __init__(self, message: str, item: Any) -> None:
        super().__init__(message)
        self.item = item


class BatchStateError(StoreError, ValueError):
    """A batch cannot do this now: its files are being read, or its pictures were deleted."""


class KeyReusedError(StoreError, ValueError):
    """The idempotency key of a request was used before with a different request."""


class UnknownNameError(NumeralsError, KeyError):
    """A name is not in a registry.

    Parameters
    ----------
    kind : str
        Kind of the name, such as ``"data set"``.
    name : str
        The unknown name.
    known : iterable of str
        The known names.
    suggestions : iterable of str, optional
        The names that were probably meant; by default the known names of similar spelling.

    Examples
    --------
    >>> print(UnknownNameError("data set", "mnits", ["hoda", "mnist"]))
    unknown data set 'mnits'; known: hoda, mnist; did you mean mnist?
    """

    def __init__(
        self, kind: str, name: str, known: Iterable[str], suggestions: Iterable[str] = ()
    ) -> None:
        names = sorted(known)
        self.message = f"unknown {kind} {name!r}; known: {', '.join(names)}"
        meant = list(suggestions) or similar_names(name, names)
        if meant:
            self.message += f"; did you mean {' or '.join(meant)}?"
        super().__init__(self.message)

    def __str__(self) -> str:  # KeyError would quote the message
        return self.message


def similar_names(name: str, known: Iterable[str], n: int = 3) -> list[str]:
    """Return the known names whose spelling is similar, the most similar first.

    Parameters
    ----------
    name : str
        Upper and lower case are equal, and so are spaces, ``-`` and ``_``.
    known : iterable of str
    n : int, default=3
        Maximum number of names.

    Examples
    --------
    >>> similar_names("Random Forrest", ["random-forest", "ridge"])
    ['random-forest']
    """
    from difflib import get_close_matches

    originals: dict[str, list[str]] = {}
    for each in known:
        originals.setdefault(_fold(each), []).append(each)
    matches = get_close_matches(_fold(name)[:_MAX_COMPARED], originals, n, cutoff=0.7)
    return [each for match in matches for each in originals[match]][:n]


def _fold(name: str) -> str:
    return name.lower().replace("_", "-").replace(" ", "-")


class MissingExtraError(NumeralsError, ImportError):
    """An optional dependency is not installed.

    Parameters
    ----------
    needs : str
        The feature that needs the extra, such as ``"reading HEIC"``.
    extra : str
        Name of the extra in ``pyproject.toml``.
    """

    def __init__(self, needs: str, extra: str) -> None:
        self.needs, self.extra = needs, extra
        super().__init__(f"{needs} needs an extra: pip install 'numerals[{extra}]'")
