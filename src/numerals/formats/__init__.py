"""Number formats, which restrict what a number may look like: digits, ranges, dates, checksums."""

from numerals.formats.choices import from_callable, one_of
from numerals.formats.number_format import NumberFormat
from numerals.formats.parse import SPECS, parse_format

__all__ = ["SPECS", "NumberFormat", "from_callable", "one_of", "parse_format"]
