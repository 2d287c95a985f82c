"""Count what a batch read."""

from dataclasses import dataclass

from numerals.batch.units import UnitResult


@dataclass
class BatchCounts:
    """Numbers of files, of the numbers in them, and of those that need attention.

    Attributes
    ----------
    n_files : int
    n_numbers : int
        Numbers that were read, accepted or not; fields of forms that are not empty.
    n_rejected : int
        Numbers and fields that were not accepted.
    n_failed : int
        Files with an error.

    Examples
    --------
    >>> str(BatchCounts(500, 1204, 31, 8))
    '500 files, 1,204 numbers, 31 not accepted, 8 failed'
    """

    n_files: int = 0
    n_numbers: int = 0
    n_rejected: int = 0
    n_failed: int = 0

    def add(self, result: UnitResult) -> None:
        """Count the result of a file."""
        self.n_files += 1
        self.n_failed += result.is_failed
        for row in result.rows():
            self.n_numbers += bool(row.text)
            self.n_rejected += row.accepted is False

    def __str__(self) -> str:
        files = "1 file" if self.n_files == 1 else f"{self.n_files:,} files"
        numbers = "1 number" if self.n_numbers == 1 else f"{self.n_numbers:,} numbers"
        return f"{files}, {numbers}, {self.n_rejected:,} not accepted, {self.n_failed:,} failed"
