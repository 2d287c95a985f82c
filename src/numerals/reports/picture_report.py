"""Write the explanation of a picture as an HTML page with a picture of each step."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from numerals.diagnosis import (
    CharacterFrames,
    Finding,
    NumberExplanation,
    PictureExplanation,
    Step,
)
from numerals.diagnosis.step_images import MAX_STEP_SIDE, enlarge_pixels
from numerals.displays.attribution_charts import MapRow, plot_digit_attributions
from numerals.displays.frames_chart import plot_frames
from numerals.explain.digit_evidence import DigitEvidence
from numerals.ink.illumination import downscale
from numerals.models.line_model import REJECT
from numerals.reports.html_page import CaptionedFigure, GalleryTile, PageSection, write_page
from numerals.reports.text_tables import ReportTable, percent
from numerals.scripts import to_ascii_digits

MIN_STEP_SIDE = 140
"""Shorter side up to which small pictures of steps are enlarged, pixels."""

MAX_FACTS = 6
"""Maximum number of answers at the top of the page."""

_KINDS = {"unusual": "unusual", "handled": "evened out", "typical": "typical"}
_Image = npt.NDArray[np.uint8]


def write_picture_report(
    explanation: PictureExplanation, evidence: DigitEvidence | None, path: Path
) -> None:
    """Write a self-contained page.

    Parameters
    ----------
    explanation : PictureExplanation
    evidence : DigitEvidence, optional
        Maps and similar training digits of a picture of one digit.
    path : Path
        The HTML file.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    page = explanation.page
    name = Path(page.source).name or "the picture"
    sections = [*_page_sections(explanation)]
    for i, number in enumerate(explanation.numbers, start=1):
        sections += _number_sections(number, i, len(explanation.numbers))
    if evidence is not None:
        sections += _evidence_sections(explanation.numbers[0], evidence)
    facts = [
        (number.text or "no digit", f"{percent(number.confidence, 1)} %")
        for number in explanation.numbers[:MAX_FACTS]
    ]
    write_page(path, f"How {name} was read", _lead(explanation), sections, facts=facts)


def _lead(explanation: PictureExplanation) -> str:
    numbers = explanation.numbers
    unusual = sum(f.kind == "unusual" for number in numbers for f in number.findings)
    unusual += sum(f.kind == "unusual" for f in explanation.findings)
    text = "Each step from the picture to its answer, and how it differs from the training data."
    if unusual == 0:
        return f"{text} Nothing is unusual."
    return f"{text} {unusual} {'finding is' if unusual == 1 else 'findings are'} unusual."


def _page_sections(explanation: PictureExplanation) -> Iterator[PageSection]:
    if not (explanation.steps or explanation.findings):
        return
    yield PageSection(
        "The page",
        "\n\n".join(step.text for step in explanation.steps),
        table=_findings_table(explanation.findings) if explanation.findings else None,
        gallery=[_tile(step) for step in explanation.steps if step.image is not None],
    )


def _number_sections(number: NumberExplanation, index: int, count: int) -> Iterator[PageSection]:
    answer = f"{f'Line {index}: ' * (count > 1)}{number.text or 'no digit'}"
    tiles = [_tile(step) for step in number.steps if step.image is not None]
    texts = [step.text for step in number.steps if step.image is None]
    yield PageSection(f"{answer}, step by step", gallery=tiles)
    figures = []
    strip = next((step.image for step in number.steps if step.name == "input"), None)
    if number.frames is not None and strip is not None:
        caption = (
            "The strip, and below it the probability of each character in each frame; frames that "
            "became a character are marked."
        )
        figures.append(CaptionedFigure(_draw_frames(strip, number.frames), caption))
    yield PageSection(f"{answer}, the answer", "\n\n".join(texts), figures)
    heading = f"{answer}, compared with the training data"
    yield PageSection(heading, table=_findings_table(number.findings))


def _draw_frames(strip: _Image, frames: CharacterFrames) -> Figure:
    columns = [frames.characters.index(character) for character in frames.text]
    spans = [(column, *span) for column, span in zip(columns, frames.spans, strict=True)]
    names = [character.replace(REJECT, "other") for character in frames.characters]
    return plot_frames(strip, frames.proba[:, :-1], names, spans, frames.stride)


def _tile(step: Step) -> GalleryTile:
    assert step.image is not None
    image = enlarge_pixels(downscale(step.image, MAX_STEP_SIDE), MIN_STEP_SIDE)
    return GalleryTile(image, step.title, step.text)


def _findings_table(findings: tuple[Finding, ...]) -> ReportTable:
    rows = [
        (_KINDS[each.kind], " ".join(filter(None, (each.text, each.test))), each.advice)
        for each in findings
    ]
    strong = frozenset(i for i, each in enumerate(findings) if each.kind == "unusual")
    return ReportTable(("", "finding", "what to do"), rows, strong=strong, is_prose=True)


def _evidence_sections(number: NumberExplanation, evidence: DigitEvidence) -> Iterator[PageSection]:
    assert number.image is not None and number.model is not None
    answer, other = map(to_ascii_digits, (evidence.answer, evidence.runner_up))
    proba = number.model.predict_proba(number.image[None])[0]
    order = np.argsort(-proba, kind="stable")[:5]
    figure = plot_digit_attributions(
        number.image,
        [(to_ascii_digits(number.model.classes[i]), float(proba[i])) for i in order],
        other,
        (answer, f"{answer} versus {other}"),
        [
            MapRow(
                "occlusion",
                np.stack([evidence.for_answer, evidence.against_runner_up]),
                np.stack([number.image] * 2),
                "log-odds",
            )
        ],
    )
    caption = (
        f"Blue supports {answer}; orange opposes it, and in the right column supports {other}."
    )
    text = "Each part of the digit is covered in turn to measure its effect on the answer."
    yield PageSection("Which pixels matter", text, [CaptionedFigure(figure, caption)])
    if evidence.digits is None or evidence.look_alikes is None:
        return
    found = zip(
        evidence.look_alikes.indices,
        evidence.neighbor_labels,
        evidence.look_alikes.similarities,
        strict=True,
    )
    tiles = [
        GalleryTile(evidence.digits.images[i], label, f"{percent(similarity, 1)} % similar")
        for i, label, similarity in found
    ]
    yield PageSection(
        "Most similar training digits", f"From {evidence.digits.name}.", gallery=tiles
    )
