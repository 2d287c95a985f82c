"""Run the page network at the scales that suit a page's digits, and merge the detections."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.models.page_model import PageMaps, PageModel, Window
from numerals.page.region_detection import find_regions
from numerals.page.regions import Region, boxes_meet, overlap, upright_boxes
from numerals.page.union_find import group_pairs

# Tuned on the development pages, within the time limit per page.
FIRST_PASS_AREA = 0.8e6
"""Area of the first pass, pixels."""
MAX_PASS_AREA = 2.6e6
"""Maximum area of any pass, pixels."""
MAX_SCALED_PAGE_AREA = 12e6
"""Maximum area of the whole page, pixels, where a pass covers only a part of it."""
MIN_WRITING_PROBABILITY = 0.3
"""Minimum probability of ink that may be writing."""
WRITING_MARGIN = 0.02
"""Margin around the writing, as a share of the longer side."""
MAX_WINDOW_SHARE = 0.7
"""Maximum share of the page that writing covers for later passes to be limited to it."""
SMALL_PASS_AREA, LARGE_PASS_AREA = 0.1e6, 2.0e6
"""Areas of the passes that follow a first pass without a number, pixels."""
MAX_FEW_NUMBERS = 3
"""Maximum number of regions of a first pass that is repeated at a small scale."""
MIN_ANY_INK = 0.15
"""Minimum probability of ink on a page that is not blank."""
MAX_ENLARGEMENT = 2.5
"""Maximum enlargement of small pictures."""
TARGET_DIGIT_HEIGHT = 42.0
"""Digit height that the network reads best, pixels (30: 580, 36: 582, 42: 584 right)."""
MIN_SCALE_CHANGE = 0.3
"""Minimum change of scale for another pass, natural logarithm."""
HEIGHT_SPREAD = 0.7
"""Standard deviation of the weight of digit heights around the target, natural logarithm."""
MIN_SAME_NUMBER_OVERLAP = 0.3
"""Minimum overlap of two regions of the same number, as a share of the smaller region."""


@dataclass(frozen=True, eq=False)
class DetectionPass:
    """The result of the page network at one scale: its maps, and the regions in them."""

    maps: PageMaps
    regions: list[Region]


def detect_first_pass(
    model: PageModel, rgb: npt.NDArray[np.uint8], include_doubtful: bool = False
) -> DetectionPass:
    """Run the first pass, which assumes nothing about the size of the writing."""
    return _run_pass(model, rgb, _first_scale(rgb), include_doubtful)


def detect_numbers(
    model: PageModel,
    rgb: npt.NDArray[np.uint8],
    first: DetectionPass | None = None,
    include_doubtful: bool = False,
) -> tuple[list[Region], list[DetectionPass]]:
    """Detect the numbers in an upright picture at one or more scales.

    The first pass measures the height of the digits; the second one shows them at the size that the
    network reads best. Where both find a number, the pass that fits its size better is used.

    Parameters
    ----------
    model : PageModel
    rgb : ndarray of uint8, shape (height, width, 3)
    first : DetectionPass, optional
        The first pass, if it has been run already.
    include_doubtful : bool, default=False
        Whether to add doubtful numbers where no other number was found.

    Returns
    -------
    regions : list of Region
    passes : list of DetectionPass
        Each region belongs to one of the passes.
    """
    area, first_scale = rgb.shape[0] * rgb.shape[1], _first_scale(rgb)
    passes = [first or _run_pass(model, rgb, first_scale, include_doubtful)]
    regions = passes[0].regions
    window = find_writing_window(passes[0])
    if regions:
        heights = [region.network_height for region in regions]
        scales = [first_scale * TARGET_DIGIT_HEIGHT / float(np.median(heights))]
        if len(regions) <= MAX_FEW_NUMBERS:  # possibly parts of a digit as large as the picture
            scales.append((SMALL_PASS_AREA / area) ** 0.5)
    elif not _has_ink(passes[0].maps):
        return [], passes  # blank paper
    else:
        scales = [(SMALL_PASS_AREA / area) ** 0.5, (LARGE_PASS_AREA / area) ** 0.5]
    for scale in scales:
        scale_window = window if scale > first_scale else None
        scale = min(max(scale, first_scale / 5), MAX_ENLARGEMENT, _max_scale(area, scale_window))
        if abs(np.log(scale / first_scale)) >= MIN_SCALE_CHANGE:
            passes.append(_run_pass(model, rgb, scale, include_doubtful, scale_window))
    return _choose_best_pass([detection_pass.regions for detection_pass in passes]), passes


def _max_scale(area: int, window: Window | None) -> float:
    """Return the maximum scale of a pass over a page, or over a part of it."""
    share = 1.0 if window is None else (window[2] - window[0]) * (window[3] - window[1])
    pass_limit, page_limit = MAX_PASS_AREA / (area * share), MAX_SCALED_PAGE_AREA / area
    return float(min(pass_limit**0.5, page_limit**0.5))


def _has_ink(maps: PageMaps) -> bool:
    ink = np.maximum(maps.number_ink, np.maximum(maps.other_ink, maps.print_ink))
    return bool(ink.max() > MIN_ANY_INK)


def _first_scale(rgb: npt.NDArray[np.uint8]) -> float:
    return float(min((FIRST_PASS_AREA / (rgb.shape[0] * rgb.shape[1])) ** 0.5, MAX_ENLARGEMENT))


def find_writing_window(detection_pass: DetectionPass) -> Window | None:
    """Return the part of a page that contains all writing; None if that is most of the page.

    The surroundings of a sheet, such as a desk, lower the network's recall on the sheet.
    """
    maps = detection_pass.maps
    is_ink = maps.number_ink + maps.other_ink + maps.print_ink > MIN_WRITING_PROBABILITY
    y, x = np.nonzero(is_ink)
    if x.size == 0:
        return None
    n_rows, n_columns = is_ink.shape
    margin = WRITING_MARGIN * max(n_rows, n_columns)
    left, top = max(0.0, x.min() - margin), max(0.0, y.min() - margin)
    right, bottom = min(n_columns, x.max() + 1 + margin), min(n_rows, y.max() + 1 + margin)
    if (right - left) * (bottom - top) > MAX_WINDOW_SHARE * n_rows * n_columns:
        return None
    return left / n_columns, top / n_rows, right / n_columns, bottom / n_rows


def _run_pass(
    model: PageModel,
    rgb: npt.NDArray[np.uint8],
    scale: float,
    include_doubtful: bool,
    window: Window | None = None,
) -> DetectionPass:
    maps = model.predict_maps(rgb, scale, window)
    return DetectionPass(maps, find_regions(maps, include_doubtful))


def _choose_best_pass(passes: Sequence[Sequence[Region]]) -> list[Region]:
    """Return each number from the pass that detects it best."""
    if len(passes) == 1:
        return list(passes[0])
    tagged = [(region, i) for i, regions in enumerate(passes) for region in regions]
    boxes = upright_boxes([region for region, _ in tagged])
    pass_of = np.array([pass_index for _, pass_index in tagged], int)
    pairs = [
        (i, j)
        for i, (one, pass_index) in enumerate(tagged)
        for j in np.flatnonzero(
            (pass_of[:i] != pass_index) & boxes_meet(boxes[:i], boxes[i])
        ).tolist()
        if _are_same_number(one, tagged[j][0])
    ]
    chosen: list[Region] = []
    for members in group_pairs(len(tagged), pairs):
        by_pass: dict[int, list[Region]] = {}
        for region, pass_index in (tagged[i] for i in members):
            by_pass.setdefault(pass_index, []).append(region)
        best = max(by_pass.values(), key=_detection_quality)
        chosen += best
    return chosen


def _are_same_number(one: Region, other: Region) -> bool:
    smaller = min(one.width * one.height, other.width * other.height)
    return overlap(one, other) > MIN_SAME_NUMBER_OVERLAP * smaller


def _detection_quality(regions: Sequence[Region]) -> float:
    """Return the quality of a pass at one place: score and area, weighted by digit height."""
    return sum(
        r.score**2
        * r.width
        * r.height
        * float(
            np.exp(-((np.log(r.network_height / TARGET_DIGIT_HEIGHT) / HEIGHT_SPREAD) ** 2) / 2)
        )
        for r in regions
    )
