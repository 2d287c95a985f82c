"""Evaluate the reading of pages: metrics of each set, the risk-coverage curve, misread lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from numerals.evaluation.page_truth import PageTruth
from numerals.evaluation.reading_metrics import LineOutcome, ReadingAccuracy, reading_accuracy
from numerals.metrics.rejection import RiskCoverage, risk_coverage
from numerals.records import Box, Page


@dataclass(frozen=True)
class MisreadLine:
    """A line that was read wrongly or missed.

    Attributes
    ----------
    outcome : LineOutcome
    path : Path
        The picture.
    page_number : int
        Page of the file, from 1.
    box : Box or None
        Where the line was read, in pixels of the picture; None if it was missed.
    """

    outcome: LineOutcome
    path: Path
    page_number: int
    box: Box | None


@dataclass(frozen=True)
class PageOutcome:
    """The true text of one file, compared with its reading.

    Attributes
    ----------
    truth : PageTruth
    pages : tuple of Page
        The reading of each page.
    lines : sequence of LineOutcome
        As `align_lines` returns them; their answers are the lines of `pages`, in order.
    """

    truth: PageTruth
    pages: tuple[Page, ...]
    lines: Sequence[LineOutcome]

    @property
    def is_exact(self) -> bool:
        """Whether every line was read exactly, and no other line was read."""
        return all(line.is_exact for line in self.lines)

    def misread_lines(self) -> Iterator[MisreadLine]:
        """Yield the lines that were read wrongly or missed, with their places."""
        places = ((page.number, line.box) for page in self.pages for line in page.lines)
        for outcome in self.lines:
            number, box = next(places) if outcome.answer is not None else (1, None)
            if not outcome.is_exact:
                yield MisreadLine(outcome, self.truth.path, number, box)


@dataclass(frozen=True, repr=False, eq=False)
class PageEvaluation:
    """Result of reading a set of pages.

    Attributes
    ----------
    sets : mapping of str to ReadingAccuracy
        Metrics by the name of the set; the last one, ``"all"`` if there are several sets, is of
        all pages.
    risk_coverage : RiskCoverage or None
        Over all lines that were read; None if no line was read.
    misread_lines : tuple of MisreadLine
    """

    sets: Mapping[str, ReadingAccuracy]
    risk_coverage: RiskCoverage | None
    misread_lines: tuple[MisreadLine, ...]

    def __repr__(self) -> str:
        sets = [f"{name} {a.n_exact:,} of {a.n_lines:,} lines" for name, a in self.sets.items()]
        return f"PageEvaluation(exact: {', '.join(sets)})"

    @property
    def overall(self) -> ReadingAccuracy:
        """Metrics of all pages."""
        return list(self.sets.values())[-1]

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON: the metrics by the name of the set."""
        return {name: accuracy.to_dict() for name, accuracy in self.sets.items()}


def evaluate_pages(outcomes: Sequence[PageOutcome]) -> PageEvaluation:
    """Compute the metrics of pages that were read.

    Parameters
    ----------
    outcomes : sequence of PageOutcome
        At least one.
    """
    sets: dict[str, list[Sequence[LineOutcome]]] = {}
    for outcome in outcomes:
        sets.setdefault(outcome.truth.set, []).append(outcome.lines)
    if len(sets) > 1:
        sets["all"] = [outcome.lines for outcome in outcomes]
    return PageEvaluation(
        sets={name: reading_accuracy(pages) for name, pages in sets.items()},
        risk_coverage=_line_risk_coverage(outcomes),
        misread_lines=tuple(line for outcome in outcomes for line in outcome.misread_lines()),
    )


def _line_risk_coverage(outcomes: Sequence[PageOutcome]) -> RiskCoverage | None:
    read = [line for outcome in outcomes for line in outcome.lines if line.answer is not None]
    if not read:
        return None
    confidence = np.array([line.confidence for line in read])
    return risk_coverage(confidence, np.array([line.is_exact for line in read]))
