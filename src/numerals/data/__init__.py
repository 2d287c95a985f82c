"""Data sets of single digits: formats, catalogue, download."""

from numerals.data.catalogue import CATALOGUE
from numerals.data.data_set import DataFile, DataSet
from numerals.data.fetch import (
    fetch_digits,
    find_data_set,
    is_on_disk,
    load_digits,
    load_or_read_digits,
)
from numerals.data.file_formats import FILE_FORMATS, FileFormat, read_digits, write_digits
from numerals.data.mnist_writers import attach_mnist_writers

__all__ = [
    "CATALOGUE",
    "FILE_FORMATS",
    "DataFile",
    "DataSet",
    "FileFormat",
    "attach_mnist_writers",
    "fetch_digits",
    "find_data_set",
    "is_on_disk",
    "load_digits",
    "load_or_read_digits",
    "read_digits",
    "write_digits",
]
