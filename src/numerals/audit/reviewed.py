"""Numbers of a run that were reviewed before a sample is drawn."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from numerals.audit.answers import is_right, special_answer
from numerals.audit.population import Key, Numbers
from numerals.audit.recalibration import Recalibration, fit_recalibration
from numerals.audit.sheets import read_sheet
from numerals.errors import DataError
from numerals.files import report_write_errors, write_atomic

REVIEWED_FILE = "reviewed.jsonl"


@dataclass(frozen=True)
class Review:
    """The answer of a person to a number, found by its place.

    Attributes
    ----------
    file : str
        As in the run.
    page, line : int
        From 1.
    answer : str
    read : str, optional
        The number as read when it was answered; the answer is used only if the run has the same.
    """

    file: str
    page: int
    line: int
    answer: str
    read: str | None = None

    @property
    def key(self) -> Key:
        """File, page and line."""
        return self.file, self.page, self.line


@dataclass(frozen=True)
class ReviewedNumber:
    """A number of the run with its answer.

    Attributes
    ----------
    row : int
        Position in the run, from 0.
    confidence : float in [0, 1]
    is_right : bool
        Whether the reading agrees with the answer.
    answer : str
    """

    row: int
    confidence: float
    is_right: bool
    answer: str

    @property
    def is_legible(self) -> bool:
        """Whether the answer is a number."""
        return special_answer(self.answer) is None


def read_reviews(path: Path) -> list[Review]:
    """Read a table of reviewed numbers: CSV or XLSX with file, page, line and answer.

    Rows without an answer are skipped.

    Raises
    ------
    DataError
        If a column is missing, or a page or line is not a whole number.
    """
    reviews = []
    for number, row in enumerate(read_sheet(path, ("file", "page", "line", "answer")), start=2):
        if not row["answer"].strip():
            continue
        try:
            place = int(row["page"]), int(row["line"])
        except ValueError as error:
            raise DataError(
                f"{path}, row {number}: got the page {row['page']!r} and the line {row['line']!r}, "
                "expected whole numbers"
            ) from error
        reviews.append(Review(row["file"], *place, row["answer"].strip(), row.get("read")))
    return reviews


def match_reviews(
    reviews: Iterable[Review], numbers: Numbers, compare: str
) -> tuple[list[ReviewedNumber], int]:
    """Find the reviewed numbers in a run; of several answers to one number the last one counts.

    Returns
    -------
    list of ReviewedNumber
    n_unmatched : int
        Answers to numbers that the run does not have.
    """
    matched: dict[int, ReviewedNumber] = {}
    n_unmatched = 0
    for review in reviews:
        rows = numbers.found.get(review.key, [])
        if len(rows) != 1 or review.read not in (None, rows[0][1].text):
            n_unmatched += 1
            continue
        position, row = rows[0]
        right = is_right(row.text or "", review.answer, compare)
        matched[position] = ReviewedNumber(position, row.confidence or 0.0, right, review.answer)
    return list(matched.values()), n_unmatched


def fit_reviewed(reviewed: Sequence[ReviewedNumber]) -> Recalibration:
    """Fit the recalibration on reviewed numbers."""
    confidence = np.array([each.confidence for each in reviewed], np.float64)
    return fit_recalibration(confidence, np.array([each.is_right for each in reviewed], np.bool_))


def write_reviewed(reviewed: Iterable[ReviewedNumber], folder: Path) -> None:
    """Write the numbers that were reviewed before a stage into its folder."""
    path = folder / REVIEWED_FILE
    lines = (json.dumps(vars(each), ensure_ascii=False) + "\n" for each in reviewed)
    with report_write_errors(path):
        write_atomic(path, "".join(lines))


def load_reviewed(folder: Path) -> Iterator[ReviewedNumber]:
    """Yield the numbers that `write_reviewed` wrote.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    path = folder / REVIEWED_FILE
    try:
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            yield ReviewedNumber(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise DataError(f"{path}: is damaged; restore it from a backup") from error
