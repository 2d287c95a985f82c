"""The readings of a line that constraints choose from."""

from itertools import islice

import numpy as np

from numerals.constraints.combinations import best_combinations
from numerals.constraints.values import Candidate
from numerals.records import Line

MAX_READINGS = 8
"""Maximum number of candidate readings of a number."""
MAX_COMBINATION_RATIO = 0.99
"""Maximum probability of a combination of digits, relative to the reading of the whole line."""


def line_candidates(line: Line) -> list[Candidate]:
    """Return the most probable readings of a line: its text, its alternatives, other digits.

    Parameters
    ----------
    line : Line

    Returns
    -------
    list of (str, float)
        At most `MAX_READINGS` texts with their probabilities: the text of the line, then the
        others, the most probable first.
    """
    probability_of = {line.text: line.confidence, **dict(line.alternatives)}
    options = [[(d.text, d.confidence), *d.alternatives] for d in line.digits]
    probabilities = [[probability for _, probability in choices] for choices in options]
    scale = line.confidence / max(float(np.prod([choices[0] for choices in probabilities])), 1e-12)
    # The line was read as a whole, so that no combination of other digits is more probable.
    limit = MAX_COMBINATION_RATIO * line.confidence
    spaces = _leading_spaces(line)
    for indices in islice(best_combinations(probabilities), MAX_READINGS):
        combination = [choices[i] for choices, i in zip(options, indices, strict=True)]
        text = "".join(space + text for space, (text, _) in zip(spaces, combination, strict=True))
        joint = float(np.prod([probability for _, probability in combination]))
        probability_of.setdefault(text, min(joint, joint * scale, limit))
    best, *others = probability_of.items()
    return [best, *sorted(others, key=lambda reading: -reading[1])][:MAX_READINGS]


def _leading_spaces(line: Line) -> list[str]:
    """Return the text before each digit of a line: a space or nothing."""
    spaces, rest = [], line.text
    for digit in line.digits:
        before, _, rest = rest.partition(digit.text)
        spaces.append(before)
    return spaces
