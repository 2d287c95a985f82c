"""Lines that a recipe's models do not learn from: to compare models by. Needs no PyTorch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from numerals.corrections.corrected_lines import CorrectedLine, load_corrections
from numerals.corrections.correction_digits import strip_of
from numerals.data.line_data_sets import STRING_SETS, load_strings
from numerals.errors import DataNotFoundError
from numerals.models import LineModel
from numerals.reading.strip_reader import read_strips
from numerals.training.line_pools import Sample, as_samples, compose_portion, line_of, split_real
from numerals.training.line_recipes import LineRecipe

N_COMPOSED = 1000
"""Composed lines of writers and fonts that were held out, unless told otherwise."""


@dataclass(frozen=True, eq=False)
class LineSet:
    """Held-out lines of one source."""

    name: str
    samples: Sequence[Sample]


def held_out_lines(recipe: LineRecipe, *, n_composed: int = N_COMPOSED) -> Iterator[LineSet]:
    """Yield what is held out of a recipe's data, as far as it is on disk.

    Of real lines a tenth of the *training* part: what a line recipe calibrates by.
    """
    try:
        composed = compose_portion(recipe, "validation", 0, n_composed)
    except DataNotFoundError:
        pass
    else:
        yield LineSet("composed", as_samples(composed))
    for name in recipe.strings:
        found = held_out_strings(name, recipe)
        if found:
            yield LineSet(name, found)


def held_out_strings(name: str, recipe: LineRecipe) -> list[Sample]:
    """Return the held-out tenth of the training part of real lines; none if not on disk."""
    try:
        rows = list(load_strings(name, "train"))
    except DataNotFoundError:
        return []
    kind = STRING_SETS[name]
    nothing = np.zeros((0, 0), np.uint8)  # pictures are decoded once they are chosen
    labels = [Sample(nothing, str(i), kind.has_signs, kind.wrong > 0) for i in range(len(rows))]
    _, chosen = split_real(labels, recipe)
    return [
        replace(label, image=line_of(rows[int(label.text)][0]), text=rows[int(label.text)][1])
        for label in chosen
    ]


def correction_samples(lines: Sequence[CorrectedLine], characters: str) -> list[Sample]:
    """Return corrected lines as samples; those with characters that are not known are left out."""
    known = set(characters) | {" "}
    return [Sample(strip_of(line), line.text) for line in lines if set(line.text) <= known]


def held_out_corrections(script: str, characters: str) -> LineSet:
    """Return the corrections that are never learned from; none if there is no store."""
    return LineSet("corrections", correction_samples(load_corrections(script, "test"), characters))


def read_rightly(model: LineModel, samples: Sequence[Sample]) -> npt.NDArray[np.bool_]:
    """Return for each line whether a model reads it exactly, spaces aside."""
    found = read_strips(model, [sample.image for sample in samples])
    return np.array(
        [
            agrees(reading.line.text if reading else "", sample)
            for reading, sample in zip(found, samples, strict=True)
        ],
        bool,
    )


def agrees(text: str, sample: Sample) -> bool:
    """Whether an answer is what a line says; in digits alone if its text lacks the signs."""
    if sample.has_signs:
        return text.replace(" ", "") == sample.text.replace(" ", "")
    return "".join(filter(str.isdigit, text)) == sample.text
