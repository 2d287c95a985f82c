"""What stands along the border of a picture of one line, and is no writing."""

from collections.abc import Sequence

import numpy as np

from numerals.ink.parts import Part, typical_height

_SOLID = 0.25  # of its box: what an edge fills less of is drawn around the page, not beside it
_BROAD, _DENSE = 0.8, 0.6  # of the writing's height, of its box: dark patches, as a desk's grain
_UPRIGHT, _HIGHER = 0.85, 1.4  # of the picture, times the writing: how high a cell's side is
_STRAIGHT, _THIN = 0.6, 0.15  # of its height: in one column of pixels; so many columns
_LOW = 0.3  # of the writing's height: specks may lie beyond it


def without_edges(parts: Sequence[Part], shape: tuple[int, ...]) -> list[Part]:
    """Drop what stands at the picture's border and is no writing, and all that lies within it.

    A shadow, the side of a cell: they touch the border and run along much of a side. The writing
    itself may be large and touch the border.
    """
    height, width = shape[:2]
    writing = float(max(height, width))
    edges = [
        part
        for part in parts
        if _touches(part, height, width) and _is_edge(part, height, width, writing)
    ]
    solid = [edge for edge in edges if _fill(edge) >= _SOLID]
    inside = [part for part in parts if part not in edges]
    return [part for part in inside if not any(_is_within(part, edge) for edge in solid)]


def without_cell_sides(parts: Sequence[Part], shape: tuple[int, ...]) -> list[Part]:
    """Drop the sides of a cell that are left in a picture of what is written in it.

    They run straight up and down it, to one side of all that is written, and are far higher.
    """
    sides = [part for part in parts if _is_upright(part, shape[0])]
    written = [part for part in parts if part not in sides]
    if not sides or not written:
        return list(parts)
    height = typical_height(written)
    centers = [part.center[0] for part in written if part.height > _LOW * height]
    dropped = [
        side
        for side in sides
        if side.height >= _HIGHER * height
        and not min(centers) <= side.box[0] + _stroke(side) <= max(centers)
    ]
    return [part for part in parts if part not in dropped]


def _is_upright(part: Part, height: int) -> bool:
    """Whether a part is a thin straight stroke from top to bottom, whatever hangs on it."""
    if part.height < _UPRIGHT * height:
        return False
    is_stroke = np.count_nonzero(part.mask, axis=0) >= _STRAIGHT * part.height
    return 0 < int(np.count_nonzero(is_stroke)) <= _THIN * part.height


def _stroke(part: Part) -> int:
    """Return which column of a part has most ink."""
    return int(np.count_nonzero(part.mask, axis=0).argmax())


def _fill(part: Part) -> float:
    return int(np.count_nonzero(part.mask)) / part.mask.size


def _touches(part: Part, height: int, width: int) -> bool:
    x_min, y_min, x_max, y_max = part.box
    return x_min <= 1 or y_min <= 1 or x_max >= width - 1 or y_max >= height - 1


def _is_edge(part: Part, height: int, width: int, writing: float) -> bool:
    if part.height > 2.2 * writing or part.width > 5 * writing:
        return True
    if min(part.width, part.height) > _BROAD * writing and _fill(part) > _DENSE:
        return True
    x_min, y_min, x_max, y_max = part.box
    along_side = (x_min <= 1 or x_max >= width - 1) and part.height > 0.5 * height
    along_top = (y_min <= 1 or y_max >= height - 1) and part.width > 0.4 * width
    # A digit may fill a small picture, and then touch its border too.
    fills = part.width > 0.3 * width and part.height > 0.5 * height
    return (along_side or along_top) and not fills


def _is_within(part: Part, edge: Part) -> bool:
    x, y = part.center
    return edge.box[0] <= x <= edge.box[2] and edge.box[1] <= y <= edge.box[3]
