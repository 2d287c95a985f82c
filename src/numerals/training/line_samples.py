"""Lines with their texts, as line networks are trained on them. Needs no PyTorch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.synthesis.line_sets import Lines
from numerals.training.held_out_digits import WRITER_SEED

_SORTED_BATCHES = 16  # batches whose lines are sorted by width together


@dataclass(frozen=True, eq=False)
class LineSample:
    """A line and its text.

    Attributes
    ----------
    image : ndarray of uint8, shape (40, n_columns)
        Ink bright.
    text : str
    has_signs : bool
        Whether `text` contains the signs of the image. If not, the loss counts predicted signs as
        blanks.
    is_doubtful : bool
        Whether the label may be wrong. Doubtful lines with a high loss are left out of training.
    segments : tuple of LineSample
        The same line cut between digits, if the positions of its digits are known.
    line_id : int, optional
        Id in the store, of a corrected line.
    """

    image: npt.NDArray[np.uint8]
    text: str
    has_signs: bool = True
    is_doubtful: bool = False
    segments: tuple["LineSample", ...] = ()
    line_id: int | None = None


def as_samples(lines: Lines, max_width: int | None = None) -> list[LineSample]:
    """Return composed lines as samples.

    Parameters
    ----------
    lines : Lines
    max_width : int, pixels, optional
        Wider lines are left out.
    """
    return [
        LineSample(image, text)
        for image, text in zip(lines.images, lines.texts, strict=True)
        if max_width is None or image.shape[1] <= max_width
    ]


def split_indices(n_lines: int, held_out_share: float) -> tuple[list[int], list[int]]:
    """Split the lines of a set into those to train on and those to hold out.

    The split is always the same for the same arguments.

    Parameters
    ----------
    n_lines : int
    held_out_share : float in [0, 1]

    Returns
    -------
    train, held_out : list of int
        Indices of lines, in random order.
    """
    order = np.random.default_rng(WRITER_SEED).permutation(n_lines).tolist()
    n_held_out = round(held_out_share * n_lines)
    return order[n_held_out:], order[:n_held_out]


def split_samples(
    samples: Sequence[LineSample], held_out_share: float
) -> tuple[list[LineSample], list[LineSample]]:
    """Split samples into those to train on and those to hold out; see `split_indices`."""
    train, held_out = split_indices(len(samples), held_out_share)
    return [samples[i] for i in train], [samples[i] for i in held_out]


def line_batches(
    samples: Sequence[LineSample], batch_size: int, rng: np.random.Generator
) -> Iterator[list[LineSample]]:
    """Yield batches of lines of similar width, in random order.

    Each sample is in one batch. Similar widths keep the padding of a batch small.
    """
    order = rng.permutation(len(samples))
    batches = []
    n_groups = max(1, len(order) // (_SORTED_BATCHES * batch_size))
    for group in np.array_split(order, n_groups):
        by_width = sorted(group.tolist(), key=lambda i: samples[i].image.shape[1])
        batches += [
            by_width[start : start + batch_size] for start in range(0, len(by_width), batch_size)
        ]
    for i in rng.permutation(len(batches)):
        yield [samples[j] for j in batches[i]]
