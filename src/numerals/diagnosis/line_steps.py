"""Explain a line: the strip that the model saw, its frames, and how it differs from training."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from numerals.diagnosis.digit_findings import MIN_CLEAR_PROBABILITY
from numerals.diagnosis.explanation import (
    CharacterFrames,
    Finding,
    NumberExplanation,
    Step,
    sort_findings,
)
from numerals.diagnosis.percent_text import percent
from numerals.diagnosis.photo_findings import (
    other_marks_finding,
    photo_findings,
    polarity_finding,
)
from numerals.diagnosis.photo_properties import crop_with_margin
from numerals.diagnosis.property_texts import STRIP_TEXTS, compare_property
from numerals.diagnosis.strip_properties import measure_edge_ink, measure_strip
from numerals.diagnosis.training_ranges import load_ranges
from numerals.diagnosis.trials import STRIP_CORRECTIONS
from numerals.ink.line_frame import STRIP_DIGIT_HEIGHT
from numerals.models import LineModel
from numerals.models.line_model import COLUMN_STRIDE, REJECT, STRIP_HEIGHT
from numerals.reading.ctc_alignment import align, forward_log_probability
from numerals.reading.digit_model_input import to_model_images
from numerals.reading.frame_voting import FramedReading
from numerals.reading.line_reader import find_character_boxes
from numerals.reading.strip_reader import decoded_characters, read_strips
from numerals.reading.trace import LineTrace
from numerals.records import REJECTED_TEXT, Line, union

N_WEAKEST = 3
"""Maximum number of uncertain characters that are listed."""
MIN_ALTERNATIVE = 0.03
"""Minimum probability of another character for a character to be listed as uncertain."""
MIN_OVERRULED = 0.5
"""Probability in the first pass from which a number that was not read was overruled."""
MIN_VOTE = 0.01
"""Minimum mean confidence of another text for it to be mentioned."""


def explain_line_trace(
    trace: LineTrace, line: Line, intended: str | None = None
) -> NumberExplanation:
    """Explain a line.

    Parameters
    ----------
    trace : LineTrace
    line : Line
        The reading as it was returned, with boxes in pixels of the original picture.
    intended : str, optional
        The number that the writer meant.
    """
    explanation = NumberExplanation(
        kind="line",
        text=line.text,
        confidence=line.confidence,
        box=line.box,
        alternatives=line.alternatives,
        script=trace.model.script,
        steps=(),
        findings=(),
    )
    findings = [*_character_findings(line), *_photo_findings(trace)]
    framed, model = trace.framed, trace.model
    if framed is None or not isinstance(model, LineModel):
        return replace(
            explanation,
            kind="glyphs",
            steps=tuple(_glyph_steps(trace, line)),
            findings=sort_findings(findings),
        )
    if intended is not None:
        findings = [*_wanted_findings(framed, model, intended), *findings]
    return replace(
        explanation,
        steps=tuple(_line_steps(trace, framed, line)),
        findings=sort_findings([*findings, *_strip_findings(framed, model)]),
        frames=_to_frames(framed, model),
    )


def _line_steps(trace: LineTrace, framed: FramedReading, line: Line) -> Iterator[Step]:
    yield _crop_step(trace)
    width = framed.strip.shape[1]
    tilt = np.degrees(np.arctan(framed.frame.slope))
    leveled = f"Leveled by {_degrees(tilt)} and scaled" if abs(tilt) >= 0.5 else "Scaled"
    text = (
        f"{leveled} to {width} x {STRIP_HEIGHT} pixels, the digits about {STRIP_DIGIT_HEIGHT} "
        "high. Paper is black, and ink equally bright for faint and dark pens."
    )
    yield Step("input", "Input of the model", text, framed.strip)
    decoded = framed.reading.decoded
    yield Step("frames", "Frames", _frames_text(decoded.text, decoded.spans))
    yield Step("answer", "Answer", _answer_text(framed, line))


def _crop_step(trace: LineTrace) -> Step:
    box = _working_box(trace)
    height = (box[3] - box[1]) * trace.ink.pixel_size * trace.scale
    text = f"{height:.0f} pixels high in the original picture."
    if trace.ink.turn:
        text += f" {rotation_text(trace.ink.turn)}"
    if trace.ink_line.is_printed:
        text += " It looks printed."
    return Step("crop", "Line", text, crop_with_margin(trace.ink.gray, box))


def rotation_text(turn: float) -> str:
    """Return how a page that is turned clockwise by some degrees was rotated."""
    direction = "counterclockwise" if turn > 0 else "clockwise"
    return f"The page was rotated {direction} by {_degrees(turn)}."


def _degrees(angle: float) -> str:
    rounded = round(abs(angle))
    return f"{rounded} degree{'s' * (rounded != 1)}"


def _working_box(trace: LineTrace) -> tuple[float, float, float, float]:
    """Return the box of the digits in pixels of the working copy."""
    scale = trace.ink.scale * trace.scale
    x_min, y_min, x_max, y_max = union([digit.box for digit in trace.line.digits])
    return x_min / scale, y_min / scale, x_max / scale, y_max / scale


def _frames_text(text: str, spans: Sequence[tuple[int, int]]) -> str:
    columns = ", ".join(
        f"{_shown(character)}: {COLUMN_STRIDE * first}-{COLUMN_STRIDE * (last + 1)}"
        for character, (first, last) in zip(text, spans, strict=True)
    )
    return (
        f"The model returns the probability of each character for every {COLUMN_STRIDE} columns of "
        f"the strip. Columns that became a character: {columns}. The others are blank."
    )


def _shown(character: str) -> str:
    return character.replace(REJECT, "other ink")


def _answer_text(framed: FramedReading, line: Line) -> str:
    text = f"{line.text or '(nothing)'} ({percent(line.confidence, 1)})"
    if line.alternatives:
        others = ", ".join(f"{other} ({percent(p, 1)})" for other, p in line.alternatives)
        text += f"; alternatives: {others}"
    votes = [(vote, p) for vote, p in framed.votes if p >= MIN_VOTE]
    if len(votes) > 1:
        shown = ", ".join(
            f"{vote.replace(REJECT, REJECTED_TEXT)} ({percent(p, 1)})" for vote, p in votes
        )
        text += f". Strips of other heights were read as well; mean confidences: {shown}"
    if framed.reading.n_passes > 1:
        text += f". Decoded from {framed.reading.n_passes} passes, because the first was uncertain"
    return f"{text}."


def _to_frames(framed: FramedReading, model: LineModel) -> CharacterFrames | None:
    reading = framed.reading
    if reading.log_proba is None:
        return None
    return CharacterFrames(
        tuple(decoded_characters(model)),
        np.exp(reading.log_proba),
        reading.decoded.text,
        reading.decoded.spans,
        COLUMN_STRIDE,
    )


def _wanted_findings(framed: FramedReading, model: LineModel, intended: str) -> Iterator[Finding]:
    """Yield how probable the number that was meant is, and its least probable character."""
    characters, log_proba = decoded_characters(model), framed.reading.log_proba
    labels = [characters.index(c) for c in intended.replace(" ", "") if c in characters]
    unknown = sorted(set(intended) - set(characters) - {" "})
    if unknown:
        text = f"The model cannot read {', '.join(unknown)}."
        yield Finding("intended", "unusual", text, "Choose the script with --script.")
    if log_proba is None or not labels or unknown:
        return
    probability = float(np.exp(forward_log_probability(log_proba, labels)))
    text = f"{intended} has a probability of {percent(probability, 2)} in the first pass"
    if probability == 0:
        yield Finding("intended", "unusual", f"{text}: the strip has too few frames for it.")
        return
    spans = align(log_proba, [labels])[0]
    shares = [
        float(np.exp(log_proba[first : last + 1, label].max()))
        for label, (first, last) in zip(labels, spans, strict=True)
    ]
    i = int(np.argmin(shares))
    columns = f"{COLUMN_STRIDE * spans[i][0]}-{COLUMN_STRIDE * (spans[i][1] + 1)}"
    text += f"; its least probable character is the {characters[labels[i]]} at columns {columns}"
    text += f" ({percent(shares[i], 1)})"
    if framed.reading.n_passes > 1 and probability > MIN_OVERRULED:
        text += "; the further passes preferred another number"
    yield Finding("intended", "unusual", f"{text}.", value=probability)


def _photo_findings(trace: LineTrace) -> Iterator[Finding]:
    box = _working_box(trace)
    heights = [digit.box[3] - digit.box[1] for digit in trace.line.digits]
    height = float(np.median(heights)) * trace.ink.pixel_size / trace.ink.scale
    gray = crop_with_margin(trace.ink.gray, box)
    yield from photo_findings(gray, height, STRIP_DIGIT_HEIGHT, "digits")
    yield polarity_finding(trace.ink.is_inverted)
    if trace.framed is not None:
        yield other_marks_finding(measure_edge_ink(trace.framed.strip))


def _character_findings(line: Line) -> Iterator[Finding]:
    """Yield the least certain characters for which there is an alternative."""
    uncertain = [
        i
        for i, digit in enumerate(line.digits)
        if digit.confidence < MIN_CLEAR_PROBABILITY
        and any(p >= MIN_ALTERNATIVE for _, p in digit.alternatives)
    ]
    weakest = sorted(uncertain, key=lambda i: line.digits[i].confidence)[:N_WEAKEST]
    for i in sorted(weakest):
        digit = line.digits[i]
        others = [f"{_shown(c)} ({percent(p)})" for c, p in digit.alternatives if p >= MIN_VOTE]
        text = f"Character {i + 1} is uncertain: {digit.text} ({percent(digit.confidence)})"
        yield Finding("character", "unusual", f"{', or '.join([text, *others])}.")


def _strip_findings(framed: FramedReading, model: LineModel) -> Iterator[Finding]:
    """Yield findings about the strip, compared with the training strips of the model."""
    ranges = load_ranges(model.script, "lines")
    if ranges is None:
        return
    boxes = find_character_boxes(framed.strip, framed.reading.decoded.spans)
    for name, value in measure_strip(framed.strip, boxes).items():
        known = ranges.properties[name]
        finding = compare_property(name, value, STRIP_TEXTS, known, "training lines")
        if finding.kind == "unusual" and name in STRIP_CORRECTIONS:
            finding = _tested(finding, framed, model, value, known.median)
        yield finding


def _tested(
    finding: Finding, framed: FramedReading, model: LineModel, value: float, target: float
) -> Finding:
    """Return a finding with what the model reads after the property was corrected."""
    description, correct = STRIP_CORRECTIONS[finding.name]
    (reading,) = read_strips(model, [correct(framed.strip, value, target)])
    if reading is None:
        return replace(finding, test=f"Tested {description}: nothing is read.")
    text = reading.line.text.replace(REJECT, REJECTED_TEXT)
    verb = "stays" if reading.line.text == framed.reading.line.text else "becomes"
    answer = f"{text} ({percent(reading.line.confidence, 1)})"
    return replace(finding, test=f"Tested {description}: the answer {verb} {answer}.")


def _glyph_steps(trace: LineTrace, line: Line) -> Iterator[Step]:
    assert not isinstance(trace.model, LineModel)
    yield _crop_step(trace)
    images = to_model_images(trace.model, [glyph.component for glyph in trace.glyphs])
    text = "The ink was cut into digits, each scaled and centered as in MNIST."
    if len(images):
        yield Step("input", "Inputs of the model", text, np.hstack(list(images)))
    yield Step("answer", "Answer", f"{line.text} ({percent(line.confidence, 1)}).")
