"""A picture -> the numbers on it, looked at in the sizes that show them best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.models.page_model import PageMaps, PageModel, Window
from numerals.page.groups import group_pairs
from numerals.page.regions import Region, boxes_meet, find_regions, overlap, upright_boxes

# Chosen on the development pages (tools/score_pages.py) and by the time that a page may take.
_FIRST_AREA = 0.8e6  # pixels of the first look
_MAX_AREA = 2.6e6  # of any look
_MAX_WHOLE_AREA = 12e6  # of the page, where only a part of it is looked at
_WRITING = 0.3  # probability of ink that may be writing
_AROUND = 0.02  # of the longer side, around the writing
_MAX_SHARE = 0.7  # of the page: where writing covers more, all is looked at
_SMALL_AREA, _LARGE_AREA = 0.1e6, 2.0e6  # of the looks that follow a first one without a number
_FEW = 3  # numbers of a first look that a look at a small copy may show better
_ANY_INK = 0.15  # probability: where nothing is as likely, there is bare paper
_MAX_FACTOR = 2.5  # small pictures are enlarged so far
_TARGET = 42.0  # pixels: height at which digits are seen best (30: 580, 36: 582, 42: 584 right)
_NEAR_TARGET = 0.3  # natural logarithm: a look so near to it is not repeated
_SPREAD = 0.7  # natural logarithm: how fast heights far from the target lose weight
_SAME = 0.3  # share of the smaller of two regions: they show the same number


@dataclass(frozen=True, eq=False)
class Look:
    """One look at a picture: its maps, and the numbers found in them."""

    maps: PageMaps
    regions: list[Region]


def first_look(model: PageModel, rgb: npt.NDArray[np.uint8], eager: bool = False) -> Look:
    """Look at a picture whose writing may be of any size."""
    return _look(model, rgb, _first_factor(rgb), eager)


def look_at_page(
    model: PageModel,
    rgb: npt.NDArray[np.uint8],
    first: Look | None = None,
    eager: bool = False,
) -> tuple[list[Region], list[Look]]:
    """Find the numbers in a picture that stands upright.

    A first look tells how high digits are; a second one shows them at the size that the network
    reads best. Where both see a number, the look that fits its size better counts.

    Parameters
    ----------
    model : PageModel
    rgb : ndarray of uint8, shape (height, width, 3)
    first : Look, optional
        The first look, where it was taken already.
    eager : bool, default=False
        Whether doubtful numbers count where there are no others.

    Returns
    -------
    regions : list of Region
    looks : list of Look
        Each region is among the regions of one of them.
    """
    area, factor = rgb.shape[0] * rgb.shape[1], _first_factor(rgb)
    looks = [first or _look(model, rgb, factor, eager)]
    regions = looks[0].regions
    window = find_window(looks[0])
    if regions:
        heights = [region.seen_height for region in regions]
        wanted = [factor * _TARGET / float(np.median(heights))]
        if len(regions) <= _FEW:  # pieces of a digit that is as large as the picture, perhaps
            wanted.append((_SMALL_AREA / area) ** 0.5)
    elif not _has_ink(looks[0].maps):
        return [], looks  # bare paper need not be looked at again
    else:
        wanted = [(_SMALL_AREA / area) ** 0.5, (_LARGE_AREA / area) ** 0.5]
    for other in wanted:
        within = window if other > factor else None
        share = 1.0 if within is None else (within[2] - within[0]) * (within[3] - within[1])
        most = min((_MAX_AREA / (area * share)) ** 0.5, (_MAX_WHOLE_AREA / area) ** 0.5)
        other = min(max(other, factor / 5), _MAX_FACTOR, most)
        if abs(np.log(other / factor)) >= _NEAR_TARGET:
            looks.append(_look(model, rgb, other, eager, within))
    return _choose([look.regions for look in looks]), looks


def _has_ink(maps: PageMaps) -> bool:
    ink = np.maximum(maps.number_ink, np.maximum(maps.other_ink, maps.print_ink))
    return bool(ink.max() > _ANY_INK)


def _first_factor(rgb: npt.NDArray[np.uint8]) -> float:
    return float(min((_FIRST_AREA / (rgb.shape[0] * rgb.shape[1])) ** 0.5, _MAX_FACTOR))


def find_window(look: Look) -> Window | None:
    """Return the part of a page that holds all its writing; None where that is most of the page.

    What the network sees of a desk around a sheet makes it see less of the writing on it.
    """
    maps = look.maps
    is_ink = maps.number_ink + maps.other_ink + maps.print_ink > _WRITING
    y, x = np.nonzero(is_ink)
    if x.size == 0:
        return None
    n_rows, n_columns = is_ink.shape
    around = _AROUND * max(n_rows, n_columns)
    left, top = max(0.0, x.min() - around), max(0.0, y.min() - around)
    right, bottom = min(n_columns, x.max() + 1 + around), min(n_rows, y.max() + 1 + around)
    if (right - left) * (bottom - top) > _MAX_SHARE * n_rows * n_columns:
        return None
    return left / n_columns, top / n_rows, right / n_columns, bottom / n_rows


def _look(
    model: PageModel,
    rgb: npt.NDArray[np.uint8],
    factor: float,
    eager: bool,
    window: Window | None = None,
) -> Look:
    maps = model.predict_maps(rgb, factor, window)
    return Look(maps, find_regions(maps, eager))


def _choose(looks: Sequence[Sequence[Region]]) -> list[Region]:
    """Return each number from the look that shows it best."""
    if len(looks) == 1:
        return list(looks[0])
    tagged = [(region, i) for i, regions in enumerate(looks) for region in regions]
    boxes = upright_boxes([region for region, _ in tagged])
    of_look = np.array([look for _, look in tagged], int)
    pairs = [
        (i, j)
        for i, (one, look) in enumerate(tagged)
        for j in np.flatnonzero((of_look[:i] != look) & boxes_meet(boxes[:i], boxes[i])).tolist()
        if _show_the_same(one, tagged[j][0])
    ]
    chosen: list[Region] = []
    for members in group_pairs(len(tagged), pairs):
        by_look: dict[int, list[Region]] = {}
        for region, look in (tagged[i] for i in members):
            by_look.setdefault(look, []).append(region)
        best = max(by_look.values(), key=_worth)
        chosen += best
    return chosen


def _show_the_same(one: Region, other: Region) -> bool:
    smaller = min(one.width * one.height, other.width * other.height)
    return overlap(one, other) > _SAME * smaller


def _worth(regions: Sequence[Region]) -> float:
    """Return how well a look shows the numbers of one place."""
    return sum(
        r.score**2
        * r.width
        * r.height
        * float(np.exp(-((np.log(r.seen_height / _TARGET) / _SPREAD) ** 2) / 2))
        for r in regions
    )
