"""Read handwritten numbers from photos, scans and PDFs.

Examples
--------
>>> import numerals
>>> numerals.read("examples/phone-number.jpg").text  # doctest: +SKIP
'5550142867'
"""

from importlib import import_module

TYPE_CHECKING = False  # typing has it, and takes 20 ms in which Ctrl-C would print a traceback
if TYPE_CHECKING:
    from typing import Any

    from numerals.data import load_digits
    from numerals.errors import NumeralsError
    from numerals.reading import Reader, read
    from numerals.records import Digit, Digits, Line, Page

__version__ = "0.1.0"

__all__ = [
    "Digit",
    "Digits",
    "Line",
    "NumeralsError",
    "Page",
    "Reader",
    "__version__",
    "load_digits",
    "read",
]

_HOMES = {
    "Digit": "records",
    "Digits": "records",
    "Line": "records",
    "NumeralsError": "errors",
    "Page": "records",
    "Reader": "reading",
    "load_digits": "data",
    "read": "reading",
}
_ROOMS = {
    *("classifiers", "data", "displays", "errors", "evaluation", "explain", "formats", "images"),
    *("ink", "lab", "models", "output", "reading", "records", "search"),
}


def __getattr__(name: str) -> "Any":
    """Import a public name on first use, so that the command line starts quickly."""
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
