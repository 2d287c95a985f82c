"""Render the explanation of a picture as plain text."""

import textwrap
from collections.abc import Iterator, Sequence

from numerals.diagnosis import Finding, NumberExplanation, PictureExplanation, Step
from numerals.models.line_model import REJECT
from numerals.records import REJECTED_TEXT
from numerals.reports.text_tables import format_table

WIDTH = 100
"""Width of the text, characters."""
_MARKS = {"unusual": "!", "handled": "~"}


def picture_text(explanation: PictureExplanation) -> str:
    """Return the steps, and the findings that are not typical, of each number.

    Parameters
    ----------
    explanation : PictureExplanation
    """
    page = [*map(_step_text, explanation.steps), *_notable_texts(explanation.findings)]
    parts = ["\n".join(page)] if page else []
    return "\n\n".join([*parts, *map(number_text, explanation.numbers)])


def number_text(number: NumberExplanation) -> str:
    """Return the steps, the characters and the findings of one number."""
    return "\n".join(
        [
            f"{number.text or 'no digit'} ({100 * number.confidence:.1f} %)",
            *_step_texts(number),
            *_finding_texts(number),
        ]
    )


def character_rows(number: NumberExplanation) -> list[tuple[str, str, str]]:
    """Return for each character its text, its columns in the strip, and its highest probability."""
    frames = number.frames
    if frames is None:
        return []
    rows = []
    for character, (first, last) in zip(frames.text, frames.spans, strict=True):
        column = frames.characters.index(character)
        highest = float(frames.proba[first : last + 1, column].max())
        columns = f"{frames.stride * first}-{frames.stride * (last + 1)}"
        rows.append((character.replace(REJECT, REJECTED_TEXT), columns, f"{highest:.3f}"))
    return rows


def _step_texts(number: NumberExplanation) -> Iterator[str]:
    for step in number.steps:
        if step.name == "frames" and number.frames is not None:
            table = format_table(("character", "columns", "probability"), character_rows(number))
            yield textwrap.indent(table, "    ")
        else:
            yield _step_text(step, "  ")


def _finding_texts(number: NumberExplanation) -> Iterator[str]:
    n_typical = len(number.findings) - len(number.notable)
    usual = f"{n_typical} {'property' if n_typical == 1 else 'properties'} as usual"
    if not number.notable:
        yield f"  Nothing is unusual, compared with the training data; {usual}."
        return
    yield f"  Compared with the training data (! unusual, ~ evened out; {usual}):"
    yield from _notable_texts(number.findings)


def _notable_texts(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        if finding.kind in _MARKS:
            sentences = filter(None, (finding.text, finding.test, finding.advice))
            yield _wrapped(f"  {_MARKS[finding.kind]} ", " ".join(sentences))


def _step_text(step: Step, indent: str = "") -> str:
    return _wrapped(indent, f"{step.title}: {step.text}")


def _wrapped(start: str, text: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * max(len(start), 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
