"""Read handwritten numbers: `Reader`, decoding with number formats, confidence."""

from numerals.reading.answer_options import (
    AnswerOptions,
    keep_digits,
    mask_low_confidence,
    reject_low_confidence,
)
from numerals.reading.glyph_reader import is_no_digit
from numerals.reading.options import ReadOptions
from numerals.reading.read_files import FileResult, read_file, read_files
from numerals.reading.reader import Reader, read
from numerals.records import REJECTED_TEXT

__all__ = [
    "REJECTED_TEXT",
    "AnswerOptions",
    "FileResult",
    "ReadOptions",
    "Reader",
    "is_no_digit",
    "keep_digits",
    "mask_low_confidence",
    "read",
    "read_file",
    "read_files",
    "reject_low_confidence",
]
