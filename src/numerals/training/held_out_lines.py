"""Lines that are held out of the training of a recipe's models. Needs no PyTorch."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.corrections.corrected_lines import CorrectedLine, load_corrections
from numerals.corrections.correction_digits import extract_line_image
from numerals.data.line_data_sets import LINE_DATA_SETS, load_line_texts
from numerals.errors import DataNotFoundError
from numerals.models import LineModel
from numerals.models.line_model import REJECT
from numerals.reading.strip_reader import read_strips
from numerals.records import REJECTED_TEXT
from numerals.scripts import digits_only
from numerals.training.line_pools import compose_lines, load_line_image
from numerals.training.line_recipes import LineRecipe
from numerals.training.line_samples import LineSample, as_samples, split_indices

_LETTERS = re.compile(f" *{REJECT}[{REJECT} ]*")
N_COMPOSED = 1000
"""Default number of composed lines, of held-out writers and fonts."""


@dataclass(frozen=True, eq=False)
class LineSet:
    """Held-out lines of one source.

    Attributes
    ----------
    name : str
        Name of the source, such as ``"composed"`` or that of a set of real lines.
    samples : sequence of LineSample
    """

    name: str
    samples: Sequence[LineSample]


def held_out_lines(recipe: LineRecipe, *, n_composed: int = N_COMPOSED) -> Iterator[LineSet]:
    """Yield the held-out lines of a recipe's data sets, as far as these are on disk.

    Of real lines these are the held-out share of the training part, by which recipes calibrate.
    """
    try:
        composed = compose_lines(recipe, "validation", 0, n_composed)
    except DataNotFoundError:
        pass
    else:
        yield LineSet("composed", as_samples(composed))
    for name in recipe.real_sets:
        samples = held_out_real_lines(name, recipe)
        if samples:
            yield LineSet(name, samples)


def held_out_real_lines(name: str, recipe: LineRecipe) -> list[LineSample]:
    """Return the held-out lines of a set of real lines; none if the set is not on disk."""
    try:
        rows = list(load_line_texts(name, "train"))
    except DataNotFoundError:
        return []
    kind = LINE_DATA_SETS[name]
    _, held_out = split_indices(len(rows), recipe.real_held_out_share)
    return [
        LineSample(load_line_image(path), text, kind.has_signs, kind.label_error_rate > 0)
        for path, text in (rows[i] for i in held_out)
    ]


def correction_samples(lines: Sequence[CorrectedLine], characters: str) -> list[LineSample]:
    """Return corrected lines as samples, except lines with other characters."""
    known = set(characters) | {" "}
    return [
        LineSample(extract_line_image(line), line.text, line_id=line.id)
        for line in lines
        if set(line.text) <= known
    ]


def held_out_corrections(script: str, characters: str) -> LineSet:
    """Return the corrections that are never trained on; none if there is no store."""
    return LineSet("corrections", correction_samples(load_corrections(script, "test"), characters))


def read_texts(model: LineModel, samples: Sequence[LineSample]) -> list[str]:
    """Return what a model reads in each line; empty texts for lines without a number."""
    readings = read_strips(model, [sample.image for sample in samples])
    return [reading.line.text if reading else "" for reading in readings]


def are_read_correctly(model: LineModel, samples: Sequence[LineSample]) -> npt.NDArray[np.bool_]:
    """Return for each line whether the model reads it exactly, spaces ignored.

    Returns
    -------
    ndarray of bool, shape (n_samples,)
    """
    pairs = zip(read_texts(model, samples), samples, strict=True)
    return np.array([matches_label(text, sample) for text, sample in pairs], bool)


def number_text(text: str) -> str:
    """Return a line's text without the letters beside its numbers, as a reader reports it.

    How many letters a model sees in a word, and where it ends, does not matter to anybody.

    Examples
    --------
    >>> number_text("\ufffd\ufffd\ufffd 45"), number_text("\ufffd45"), number_text("4\ufffd\ufffd5")
    ('45', '45', '4?5')
    """
    return _LETTERS.sub(REJECTED_TEXT, text).strip(REJECTED_TEXT)


def matches_label(text: str, sample: LineSample) -> bool:
    """Return whether a reading equals a sample's text, spaces ignored.

    Only digits are compared if the sample's text lacks the signs.
    """
    if sample.has_signs:
        return text.replace(" ", "") == sample.text.replace(" ", "")
    return digits_only(text) == sample.text
