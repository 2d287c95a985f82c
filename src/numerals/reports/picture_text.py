"""Render the explanation of a picture as plain text."""

from collections.abc import Sequence

from numerals.diagnosis import Finding, NumberExplanation, PictureExplanation
from numerals.reports.text_tables import format_table
from numerals.scripts import digits_only

_KIND_MARKS = {"unusual": "!", "handled": "~", "typical": " "}


def picture_text(explanation: PictureExplanation) -> str:
    """Return the steps and the findings of each number.

    Parameters
    ----------
    explanation : PictureExplanation
    """
    parts = [f"{step.title}: {step.text}" for step in explanation.steps]
    if explanation.findings:
        parts.append(_findings_text(explanation.findings))
    parts += [number_text(number) for number in explanation.numbers]
    return "\n\n".join(parts)


def number_text(number: NumberExplanation) -> str:
    """Return the steps, the characters and the findings of one number."""
    name = number.text or "no digit"
    heading = f"{name} ({100 * number.confidence:.1f} %)"
    rows = [f"  {step.title}: {step.text}" for step in number.steps]
    parts = [heading, *rows]
    if number.frames is not None:
        table = format_table(("character", "columns", "probability"), character_rows(number))
        parts.append(_indented(table))
    if number.findings:
        parts.append("  Compared with the training data (! unusual, ~ evened out):")
        parts.append(_indented(_findings_text(number.findings)))
    return "\n".join(parts)


def character_rows(number: NumberExplanation) -> list[tuple[str, str, str]]:
    """Return for each character its text, its columns in the strip, and its highest probability."""
    frames = number.frames
    if frames is None:
        return []
    rows = []
    for character, (first, last) in zip(frames.text, frames.spans, strict=True):
        column = frames.characters.index(character)
        highest = float(frames.proba[first : last + 1, column].max())
        shown = character if digits_only(character) or character.isprintable() else "?"
        columns = f"{frames.stride * first}-{frames.stride * (last + 1)}"
        rows.append((shown, columns, f"{highest:.3f}"))
    return rows


def _findings_text(findings: Sequence[Finding]) -> str:
    return "\n".join(
        f"{_KIND_MARKS[finding.kind]} {finding_sentence(finding)}" for finding in findings
    )


def finding_sentence(finding: Finding) -> str:
    """Return the text, the advice and the test of a finding."""
    return " ".join(filter(None, (finding.text, finding.test, finding.advice)))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
