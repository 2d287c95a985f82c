"""Label the connected components of an ink mask.

Labels are 16-bit where the mask is small enough for it, which halves the time of OpenCV's labeling.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint8]
Labels = npt.NDArray[Any]
"""Label of each pixel, uint16 or int32, shape (height, width); 0 is the background."""

MAX_UINT16_LABELS = 2**16 - 2
"""Number of labels that fit into 16 bits."""


def square_kernel(side: int) -> Mask:
    """Return a structuring element of ones, shape (side, side)."""
    return np.ones((side, side), np.uint8)


def label_components(mask: Mask) -> tuple[int, Labels]:
    """Return the number of labels, background included, and the label of each pixel."""
    count, labels = cv2.connectedComponents(mask, connectivity=8, ltype=_label_type(mask))
    return count, labels


@dataclass(frozen=True, eq=False)
class LabeledComponents:
    """An ink mask and its 8-connected components, which are labeled on first access.

    Attributes
    ----------
    mask : ndarray of uint8, shape (height, width)
        255 for ink, 0 for background.
    """

    mask: Mask

    @property
    def labels(self) -> Labels:
        """Label of each pixel, shape (height, width); 0 is the background."""
        return self._analysis[0]

    @property
    def stats(self) -> npt.NDArray[np.int32]:
        """Bounding boxes and areas, shape (n_labels, 5), in OpenCV's ``cv2.CC_STAT_*`` columns."""
        return self._analysis[1]

    @property
    def centers(self) -> npt.NDArray[np.float64]:
        """Centroids x, y in pixels, shape (n_labels, 2)."""
        return self._analysis[2]

    @cached_property
    def _analysis(self) -> tuple[Labels, npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        _, labels, stats, centers = cv2.connectedComponentsWithStats(
            self.mask, connectivity=8, ltype=_label_type(self.mask)
        )
        return labels, np.asarray(stats, np.int32), np.asarray(centers, np.float64)

    def mask_of(self, is_selected: npt.NDArray[np.bool_]) -> Mask:
        """Return a mask of the selected components.

        Parameters
        ----------
        is_selected : ndarray of bool, shape (n_labels,)
        """
        return mask_of(self.mask, self.labels, is_selected)

    def split(self, labels: Sequence[int]) -> tuple[Mask, Mask]:
        """Return a mask of the components with these labels, and a mask of all others."""
        is_selected = np.zeros(len(self.stats), np.bool_)
        is_selected[list(labels)] = True
        selected = self.mask_of(is_selected)
        return selected, np.asarray(cv2.subtract(self.mask, selected), np.uint8)

    def component_mask(self, label: int) -> Mask:
        """Return the mask of one component, cropped to its bounding box."""
        x, y, width, height = self.stats[label, :4].tolist()
        is_component = self.labels[y : y + height, x : x + width] == label
        return np.asarray(is_component.view(np.uint8) * np.uint8(255), np.uint8)


def mask_of(mask: Mask, labels: Labels, is_selected: npt.NDArray[np.bool_]) -> Mask:
    """Return a mask of the ink whose label is selected: 255 there, 0 elsewhere.

    Parameters
    ----------
    mask : ndarray of uint8, shape (height, width)
    labels : ndarray of uint16 or int32, shape (height, width)
    is_selected : ndarray of bool, shape (n_labels,)
    """
    selected = np.zeros(mask.shape, np.uint8)
    ink = np.flatnonzero(mask)  # ink is sparse: indexing by ink alone is faster than a full lookup
    selected.ravel()[ink[is_selected[labels.ravel()[ink]]]] = 255
    return selected


def transpose_mask(mask: Mask) -> Mask:
    """Return the transposed mask as a contiguous array."""
    return np.asarray(cv2.transpose(mask), np.uint8)  # three times as fast as NumPy's copy


def _label_type(mask: Mask) -> int:
    """Return the OpenCV label type: 16 bits if the maximum number of components fits."""
    height, width = mask.shape
    max_count = ((height + 1) // 2) * ((width + 1) // 2)  # at most one component per 2x2 pixels
    return cv2.CV_16U if max_count < MAX_UINT16_LABELS else cv2.CV_32S
