"""Attributions as rows of maps for charts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.displays.attribution_charts import MapRow
from numerals.explain.attribution import Attribution


def map_row(
    method: str,
    attributions: Sequence[Attribution],
    images: Sequence[npt.NDArray[Any]] | npt.NDArray[Any],
    unit: str,
) -> MapRow:
    """Return the maps of one method, each with the picture that it refers to.

    Parameters
    ----------
    method : str
        Title of the row.
    attributions : sequence of Attribution
    images : sequence of ndarray, shape (height, width)
        The digits; replaced by the transformed digits where attributions refer to those.
    unit : str
    """
    pictures = [
        image if attribution.transformed is None else attribution.transformed
        for attribution, image in zip(attributions, images, strict=True)
    ]
    maps = np.stack([attribution.values for attribution in attributions])
    return MapRow(method, maps, np.stack(pictures), unit)
