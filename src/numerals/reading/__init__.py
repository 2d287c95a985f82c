"""Page -> lines -> numbers."""

from numerals.reading.doubt import DOUBT, mask_doubtful
from numerals.reading.files import FileResult, read_file, read_files
from numerals.reading.reader import Reader, read

__all__ = ["DOUBT", "FileResult", "Reader", "mask_doubtful", "read", "read_file", "read_files"]
