"""Data sets of single digits: formats, catalogue, download."""

from numerals.data.catalogue import CATALOGUE
from numerals.data.contact_sheet import make_contact_sheet, write_contact_sheet
from numerals.data.data_set import DataFile, DataSet
from numerals.data.fetch import (
    fetch_digits,
    find_data_set,
    is_on_disk,
    load_digits,
    load_or_read_digits,
)
from numerals.data.font_glyphs import load_font_glyphs
from numerals.data.formats import FORMATS, Format, read_digits, write_digits
from numerals.data.scripts import SCRIPTS

__all__ = [
    "CATALOGUE",
    "FORMATS",
    "SCRIPTS",
    "DataFile",
    "DataSet",
    "Format",
    "fetch_digits",
    "find_data_set",
    "is_on_disk",
    "load_digits",
    "load_font_glyphs",
    "load_or_read_digits",
    "make_contact_sheet",
    "read_digits",
    "write_contact_sheet",
    "write_digits",
]
