"""Read handwritten numbers from photos, scans and PDFs.

Examples
--------
>>> import numerals
>>> numerals.read("examples/phone-number.jpg").text  # doctest: +SKIP
'5550142867'
"""

from numerals.errors import NumeralsError
from numerals.reading import Reader, read
from numerals.records import Digit, Digits, Line, Page

__version__ = "0.1.0"

__all__ = ["Digit", "Digits", "Line", "NumeralsError", "Page", "Reader", "__version__", "read"]
