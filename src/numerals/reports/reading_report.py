"""The HTML page that `numerals evaluate --pages` writes."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.displays.chart_style import render_figure
from numerals.displays.rejection import plot_risk_coverage
from numerals.evaluation import MisreadLine, PageEvaluation
from numerals.images import load_picture
from numerals.reports.evaluation_report import metadata_section
from numerals.reports.html_page import CaptionedFigure, GalleryTile, PageSection, write_page
from numerals.reports.reading_tables import rejection_table, sets_table
from numerals.reports.text_tables import percent, percent_interval

MAX_MISREAD_TILES = 100
"""Maximum number of misread lines on a page."""

_LINE_RISK_LIMITS = (0.1, 0.05, 0.01)  # marked on the risk-coverage curve
_MAX_TILE_WIDTH = 520  # pixels
_MARGINS = (1.0, 0.25)  # beside and above a line, in line heights; shows digits that were missed

_CONFIDENCE_TEXT = (
    "The confidence of a line is the calibrated probability that its whole text is correct. On a"
    " page it combines the line model's probability of the text, the page network's score of the"
    " place, the share of the ink that belongs to numbers, and the length of the text. Scripts and"
    " models without a line model multiply the confidences of the digits instead. Lines below the"
    " threshold are rejected, to be checked by a person; missed lines are not counted."
)


def write_reading_report(
    path: Path, evaluation: PageEvaluation, metadata: Mapping[str, str], *, title: str
) -> None:
    """Write the evaluation of pages as an HTML file.

    Parameters
    ----------
    path : Path
    evaluation : PageEvaluation
    metadata : mapping of str to str
        Metadata of the model file.
    title : str
    """
    overall = evaluation.overall
    lead = (
        f"{overall.n_exact:,} of {overall.n_lines:,} lines on {overall.n_pages:,} pages are read"
        f" exactly. 95 % interval of this share: {percent_interval(overall.interval, 1)} %."
    )
    facts = [
        (f"{percent(overall.exact, 1)} %", "lines read exactly"),
        (f"{percent(overall.digit_error_rate)} %", "digit error rate"),
        (f"{overall.n_lines - overall.n_exact:,}", f"lines wrong or missed of {overall.n_lines:,}"),
        (f"{overall.n_extra:,}", "lines read where nothing is written"),
    ]
    sections = [
        _accuracy_section(evaluation),
        _rejection_section(evaluation),
        _misread_section(evaluation),
        metadata_section(metadata),
    ]
    write_page(path, title, lead, sections, facts=facts)


def _accuracy_section(evaluation: PageEvaluation) -> PageSection:
    text = (
        "A line is exact if all its characters are correct. The digit error rate is the number of"
        " characters to insert, delete or replace, divided by the number of true characters."
    )
    return PageSection("Accuracy", text, table=sets_table(evaluation.sets))


def _rejection_section(evaluation: PageEvaluation) -> PageSection:
    heading = "Rejection by confidence"
    if evaluation.risk_coverage is None:
        return PageSection(heading, "No line was read.")
    caption = "Share of the lines read that are accepted, and share of wrong lines among them."
    figure = render_figure(plot_risk_coverage, evaluation.risk_coverage, _LINE_RISK_LIMITS)
    return PageSection(
        heading,
        _CONFIDENCE_TEXT,
        figures=[CaptionedFigure(figure, caption)],
        table=rejection_table(evaluation.sets),
    )


def _misread_section(evaluation: PageEvaluation) -> PageSection:
    misread = evaluation.misread_lines
    text = "Truth → answer, confidence and file. For a missed line the whole page is shown."
    if len(misread) > MAX_MISREAD_TILES:
        text += f" The first {MAX_MISREAD_TILES} of {len(misread):,}."
    tiles = [_tile(line) for line in misread[:MAX_MISREAD_TILES]]
    return PageSection("Misread lines", text if tiles else "None.", gallery=tiles)


def _tile(line: MisreadLine) -> GalleryTile:
    outcome = line.outcome
    return GalleryTile(
        _crop(line),
        f"{outcome.truth or 'nothing'} → {outcome.answer or 'missed'}",
        f"{outcome.confidence:.3f} · {line.path.name}",
    )


def _crop(line: MisreadLine) -> npt.NDArray[np.uint8]:
    """Return the picture of a line, or of the whole page if the line was missed, RGB."""
    picture = load_picture(line.path, page=line.page_number, color=True)
    pixels = picture.pixels
    if line.box is not None:
        x_min, y_min, x_max, y_max = (round(v / picture.scale) for v in line.box)
        margin_x, margin_y = (round(share * (y_max - y_min)) for share in _MARGINS)
        top, left = max(y_min - margin_y, 0), max(x_min - margin_x, 0)
        pixels = pixels[top : y_max + margin_y, left : x_max + margin_x]
    height, width = pixels.shape[:2]
    if width <= _MAX_TILE_WIDTH:
        return pixels
    size = (_MAX_TILE_WIDTH, max(1, round(height * _MAX_TILE_WIDTH / width)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
