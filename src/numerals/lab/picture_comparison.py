"""Find the duplicates among audited pictures."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from numerals.lab.data_audit import AuditedPicture, DuplicateGroup
from numerals.search.near_duplicates import Neighborhoods, find_duplicates

PictureAt = Callable[[int], AuditedPicture]
"""Returns the picture with an index among all pictures."""


def duplicate_groups(
    images: npt.NDArray[np.uint8], neighborhoods: Neighborhoods, picture_at: PictureAt
) -> list[DuplicateGroup]:
    """Return the groups of duplicates, those with label conflicts and across splits first.

    Parameters
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
    neighborhoods : Neighborhoods
        Of these images.
    picture_at : callable (int) -> AuditedPicture
    """
    equal, near = find_duplicates(images, neighborhoods)
    groups = [
        DuplicateGroup(tuple(map(picture_at, members)), is_exact)
        for is_exact, part in ((True, equal), (False, near))
        for members in part
    ]
    return sorted(
        groups, key=lambda g: (not g.has_label_conflict, not g.crosses_splits, not g.is_exact)
    )
