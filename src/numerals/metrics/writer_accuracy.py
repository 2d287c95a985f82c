"""Accuracy of a digit model for each writer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.metrics.intervals import wilson_interval


@dataclass(frozen=True)
class WriterAccuracy:
    """Errors in the digits of one writer.

    Attributes
    ----------
    writer : int
        As in `Digits.writers`.
    n_images, n_wrong : int
    """

    writer: int
    n_images: int
    n_wrong: int

    @property
    def accuracy(self) -> float:
        """Share of correct answers, in [0, 1]."""
        return 1 - self.n_wrong / self.n_images

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the accuracy."""
        return wilson_interval(self.n_images - self.n_wrong, self.n_images)

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "writer": self.writer,
            "n_images": self.n_images,
            "n_wrong": self.n_wrong,
            "accuracy": self.accuracy,
            "interval": list(self.interval),
        }


def writer_accuracies(
    writers: npt.NDArray[np.int64], is_wrong: npt.NDArray[np.bool_]
) -> tuple[WriterAccuracy, ...]:
    """Count the errors of each writer.

    Parameters
    ----------
    writers : ndarray of int64, shape (n_images,)
    is_wrong : ndarray of bool, shape (n_images,)

    Returns
    -------
    tuple of WriterAccuracy
        Lowest accuracy first; of two equal ones, the one with more digits first.

    Examples
    --------
    >>> import numpy as np
    >>> accuracies = writer_accuracies(np.array([7, 9, 9, 9]), np.array([0, 1, 0, 1], bool))
    >>> [(each.writer, each.n_wrong, each.n_images) for each in accuracies]
    [(9, 2, 3), (7, 0, 1)]
    """
    names, writer_index = np.unique(writers, return_inverse=True)
    n_images = np.bincount(writer_index, minlength=len(names))
    n_wrong = np.bincount(writer_index[is_wrong], minlength=len(names))
    accuracies = [
        WriterAccuracy(*counts)
        for counts in zip(names.tolist(), n_images.tolist(), n_wrong.tolist(), strict=True)
    ]
    return tuple(sorted(accuracies, key=lambda each: (each.accuracy, -each.n_images, each.writer)))
