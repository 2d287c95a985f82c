"""Connected pieces of ink, numbered: as cheaply as a picture of that size allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint8]
Labels = npt.NDArray[Any]
"""Of uint16 or int32."""

_MOST_SHORT = 2**16 - 2  # labels that 16 bits hold


def square_kernel(side: int) -> Mask:
    """Return a square with which to dilate, erode, open or close a mask."""
    return np.ones((side, side), np.uint8)


def label_components(mask: Mask) -> tuple[int, Labels]:
    """Return how many pieces there are, the paper counted as one, and each pixel's piece."""
    count, labels = cv2.connectedComponents(mask, connectivity=8, ltype=_label_type(mask))
    return count, labels


@dataclass(frozen=True, eq=False)
class LabeledComponents:
    """A mask, 255 where there is ink, and the pieces of it: counted when they are asked for, once.

    The paper is piece 0.
    """

    mask: Mask

    @property
    def labels(self) -> Labels:
        """The piece of each pixel."""
        return self._counted[0]

    @property
    def stats(self) -> npt.NDArray[np.int32]:
        """Boxes and areas, shape (n, 5): columns as OpenCV names them, ``cv2.CC_STAT_LEFT`` on."""
        return self._counted[1]

    @property
    def centers(self) -> npt.NDArray[np.float64]:
        """Centroids, shape (n, 2)."""
        return self._counted[2]

    @cached_property
    def _counted(self) -> tuple[Labels, npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        _, labels, stats, centers = cv2.connectedComponentsWithStats(
            self.mask, connectivity=8, ltype=_label_type(self.mask)
        )
        return labels, np.asarray(stats, np.int32), np.asarray(centers, np.float64)

    def mask_of(self, chosen: npt.NDArray[np.bool_]) -> Mask:
        """Return a mask of the pieces that are chosen."""
        return mask_of(self.mask, self.labels, chosen)

    def split(self, pieces: Sequence[int]) -> tuple[Mask, Mask]:
        """Return a mask of some pieces, by number, and one of all others."""
        chosen = np.zeros(len(self.stats), np.bool_)
        chosen[list(pieces)] = True
        taken = self.mask_of(chosen)
        return taken, np.asarray(cv2.subtract(self.mask, taken), np.uint8)

    def component_mask(self, piece: int) -> Mask:
        """Return the ink of one piece, within its box."""
        x, y, width, height = self.stats[piece, :4].tolist()
        is_its_ink = self.labels[y : y + height, x : x + width] == piece
        return np.asarray(is_its_ink.view(np.uint8) * np.uint8(255), np.uint8)


def mask_of(mask: Mask, labels: Labels, chosen: npt.NDArray[np.bool_]) -> Mask:
    """Return a mask of the ink whose piece is chosen: 255 there, 0 elsewhere."""
    selected = np.zeros(mask.shape, np.uint8)
    ink = np.flatnonzero(mask)  # little of a picture is ink: looking up the paper is what costs
    selected.ravel()[ink[chosen[labels.ravel()[ink]]]] = 255
    return selected


def transpose_mask(mask: Mask) -> Mask:
    """Return a mask on its side, as one piece of memory."""
    return np.asarray(cv2.transpose(mask), np.uint8)  # thrice as fast as a copy of NumPy's


def _label_type(mask: Mask) -> int:
    """Short labels, which are twice as fast, where even the most pieces fit into them."""
    height, width = mask.shape
    most = ((height + 1) // 2) * ((width + 1) // 2)  # one in each 2x2 pixels
    return cv2.CV_16U if most < _MOST_SHORT else cv2.CV_32S
