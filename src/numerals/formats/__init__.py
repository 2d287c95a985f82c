"""What a number may look like: digits, ranges, dates, amounts, checksums, telephone numbers."""

from numerals.formats.choices import from_callable, one_of
from numerals.formats.format import Format
from numerals.formats.parse import SPECS, parse_format

__all__ = ["SPECS", "Format", "from_callable", "one_of", "parse_format"]
