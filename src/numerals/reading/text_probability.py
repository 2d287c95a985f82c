"""How probable a given text of a line is under a line model."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from numerals.models.line_model import LineModel
from numerals.reading.ctc_alignment import forward_log_probability
from numerals.reading.strip_reader import merge_into_blank


def text_probabilities(
    model: LineModel,
    strips: Sequence[npt.NDArray[np.uint8]],
    texts: Sequence[str],
    *,
    has_signs: bool = True,
) -> list[float]:
    """Return the probability of a text for each strip, spaces ignored.

    Parameters
    ----------
    model : LineModel
        Its first network is used.
    strips : sequence of ndarray of uint8, shape (40, n_columns)
        Ink bright.
    texts : sequence of str
    has_signs : bool, default=True
        Whether the texts contain the signs of the strips. If not, signs count as blank.

    Returns
    -------
    list of float in [0, 1]
        Summed over all alignments; 0 for a text with characters that the model lacks. Not
        calibrated.
    """
    kept = [
        column
        for column, character in enumerate(model.characters)
        if character != " " and (has_signs or character.isdigit())
    ]
    label_of = {model.characters[column]: label for label, column in enumerate(kept)}
    probabilities = []
    for log_proba, text in zip(model.log_probabilities(strips), texts, strict=True):
        labels = [label_of.get(character, -1) for character in text.replace(" ", "")]
        if -1 in labels:
            probabilities.append(0.0)
            continue
        merged = merge_into_blank(log_proba, kept)
        probabilities.append(float(np.exp(forward_log_probability(merged, labels))))
    return probabilities
