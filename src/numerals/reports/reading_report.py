"""The page that `numerals evaluate --pages` writes: how exactly numbers on pictures are read."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.evaluation import (
    LineOutcome,
    PageTruth,
    ReadingAccuracy,
    risk_coverage,
    wilson_interval,
)
from numerals.images import load_picture
from numerals.records import Box, Page
from numerals.reports.evaluation_charts import plot_risk_coverage
from numerals.reports.evaluation_report import model_section
from numerals.reports.html_page import Captioned, Section, Table, Tile, write_page
from numerals.reports.text_tables import percent

MOST_TILES = 100
"""Lines read wrongly that a page shows."""

PageOutcome = tuple[PageTruth, tuple[Page, ...], list[LineOutcome]]
"""What is written on a file's pages, what was read there, and how the lines of both compare."""

_TILE_WIDTH = 520  # pixels
_MARGIN = (1.0, 0.25)  # of a line's height: what is shown beside it, where a digit may be missed


def write_reading_report(
    path: Path,
    sets: Mapping[str, ReadingAccuracy],
    pages: Sequence[PageOutcome],
    metadata: Mapping[str, str],
    *,
    title: str,
) -> None:
    """Write how exactly pages were read as one HTML file.

    Parameters
    ----------
    path : Path
    sets : mapping of str to ReadingAccuracy
        The figures by the name of the set; the last is of all pages.
    pages : sequence of PageOutcome
        What they were made from, for the curve and the wrong lines.
    metadata : mapping of str to str
        What the model file records of itself.
    title : str
    """
    whole = list(sets.values())[-1]
    low, high = wilson_interval(whole.n_exact, whole.n_lines)
    lead = (
        f"{whole.n_exact:,} of {whole.n_lines:,} lines on {whole.n_pages:,} pages read exactly. In"
        f" the long run, on pages like these: between {percent(low, 1)} and {percent(high, 1)} %"
        " (95 % interval)."
    )
    facts = [
        (f"{percent(whole.exact, 1)} %", "lines read exactly"),
        (f"{percent(whole.digit_error_rate)} %", "digit error rate"),
        (f"{whole.n_lines - whole.n_exact:,}", f"lines wrong or missed of {whole.n_lines:,}"),
        (f"{whole.n_extra:,}", "lines read where nothing is written"),
    ]
    sections = [_sets(sets), _rejection(whole, pages), _wrong(pages), model_section(metadata)]
    write_page(path, title, lead, sections, facts=facts)


def _sets(sets: Mapping[str, ReadingAccuracy]) -> Section:
    head = ("set", "pages", "lines", "exact", "exact %", "95 % interval", "extra", "digit error %")
    rows = []
    for name, found in sets.items():
        low, high = wilson_interval(found.n_exact, found.n_lines)
        rows.append(
            (
                name,
                str(found.n_pages),
                str(found.n_lines),
                str(found.n_exact),
                percent(found.exact, 1),
                f"{percent(low, 1)} to {percent(high, 1)}",
                str(found.n_extra),
                percent(found.digit_error_rate),
            )
        )
    text = (
        "A line is exact if every character of it is right. The digit error rate counts characters"
        " to insert, delete and replace, by the number of true ones."
    )
    strong = frozenset({len(rows) - 1} if len(rows) > 1 else ())
    return Section("Lines and digits", text, table=Table(head, rows, strong=strong))


def _rejection(whole: ReadingAccuracy, pages: Sequence[PageOutcome]) -> Section:
    outcomes = [line for _, _, lines in pages for line in lines if line.answer is not None]
    heading = "What a threshold lets through"
    if not outcomes:
        return Section(heading, "Nothing was read.")
    confidence = np.array([line.confidence for line in outcomes])
    curve = risk_coverage(confidence, np.array([line.is_exact for line in outcomes]))
    caption = "Of all lines that were read: how many are kept, and what is wrong among them."
    rows = [
        (f"{row['threshold']:g}", percent(row["rejected"], 1), percent(row["wrong"], 1))
        for row in whole.rejection
    ]
    return Section(
        heading,
        "A line's confidence is the product of its digits'. Lines below the threshold would go to a"
        " person; lines that were missed are not among them.",
        figures=[Captioned(plot_risk_coverage(curve, (0.1, 0.05, 0.01)), caption)],
        table=Table(("confidence from", "rejected %", "wrong of the rest %"), rows),
    )


def _wrong(pages: Sequence[PageOutcome]) -> Section:
    n_wrong = sum(not line.is_exact for _, _, lines in pages for line in lines)
    tiles = list(islice(_tiles(pages), MOST_TILES))
    text = "Truth → answer, with its confidence. The whole page stands where a line was missed."
    if n_wrong > len(tiles):
        text += f" The first {len(tiles)} of {n_wrong:,}."
    return Section("Lines read wrongly", text if tiles else "None.", gallery=tiles)


def _tiles(pages: Sequence[PageOutcome]) -> Iterator[Tile]:
    for truth, read, outcomes in pages:
        places = ((page.number, line.box) for page in read for line in page.lines)
        for outcome in outcomes:
            # Answers stand in the order in which the lines were read.
            number, box = next(places) if outcome.answer is not None else (1, None)
            if not outcome.is_exact:
                yield Tile(
                    _crop(truth.path, number, box),
                    f"{outcome.truth or 'nothing'} → {outcome.answer or 'missed'}",
                    f"{outcome.confidence:.3f} · {truth.path.name}",
                )


def _crop(path: Path, number: int, box: Box | None) -> npt.NDArray[np.uint8]:
    """Return a line of a picture, or all of it, small enough for a page of many."""
    picture = load_picture(path, page=number, color=True)
    pixels = picture.pixels
    if box is not None:
        x_min, y_min, x_max, y_max = (round(place / picture.scale) for place in box)
        beside, above = (round(share * (y_max - y_min)) for share in _MARGIN)
        top, left = max(y_min - above, 0), max(x_min - beside, 0)
        pixels = pixels[top : y_max + above, left : x_max + beside]
    height, width = pixels.shape[:2]
    if width <= _TILE_WIDTH:
        return pixels
    size = (_TILE_WIDTH, max(1, round(height * _TILE_WIDTH / width)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
