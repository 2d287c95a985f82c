"""What stands along the border of a picture of one line, and is no writing."""

from collections.abc import Sequence

import numpy as np

from numerals.ink.connected_components import Component, typical_height

_SOLID = 0.25  # of its box: what an edge fills less of is drawn around the page, not beside it
_BROAD, _DENSE = 0.8, 0.6  # of the writing's height, of its box: dark patches, as a desk's grain
_UPRIGHT, _HIGHER = 0.85, 1.4  # of the picture, times the writing: how high a cell's side is
_STRAIGHT, _THIN = 0.6, 0.15  # of its height: in one column of pixels; so many columns
_LOW = 0.3  # of the writing's height: specks may lie beyond it


def drop_border_components(
    components: Sequence[Component], shape: tuple[int, ...]
) -> list[Component]:
    """Drop what stands at the picture's border and is no writing, and all that lies within it.

    A shadow, the side of a cell: they touch the border and run along much of a side. The writing
    itself may be large and touch the border.
    """
    height, width = shape[:2]
    writing = float(max(height, width))
    edges = [
        component
        for component in components
        if _touches(component, height, width) and _is_edge(component, height, width, writing)
    ]
    solid = [edge for edge in edges if _fill(edge) >= _SOLID]
    inside = [component for component in components if component not in edges]
    return [
        component for component in inside if not any(_is_within(component, edge) for edge in solid)
    ]


def drop_cell_sides(components: Sequence[Component], shape: tuple[int, ...]) -> list[Component]:
    """Drop the sides of a cell that are left in a picture of what is written in it.

    They run straight up and down it, to one side of all that is written, and are far higher.
    """
    sides = [component for component in components if _is_upright(component, shape[0])]
    written = [component for component in components if component not in sides]
    if not sides or not written:
        return list(components)
    height = typical_height(written)
    centers = [component.center[0] for component in written if component.height > _LOW * height]
    dropped = [
        side
        for side in sides
        if side.height >= _HIGHER * height
        and not min(centers) <= side.box[0] + _stroke(side) <= max(centers)
    ]
    return [component for component in components if component not in dropped]


def _is_upright(component: Component, height: int) -> bool:
    """Whether a part is a thin straight stroke from top to bottom, whatever hangs on it."""
    if component.height < _UPRIGHT * height:
        return False
    is_stroke = np.count_nonzero(component.mask, axis=0) >= _STRAIGHT * component.height
    return 0 < int(np.count_nonzero(is_stroke)) <= _THIN * component.height


def _stroke(component: Component) -> int:
    """Return which column of a part has most ink."""
    return int(np.count_nonzero(component.mask, axis=0).argmax())


def _fill(component: Component) -> float:
    return int(np.count_nonzero(component.mask)) / component.mask.size


def _touches(component: Component, height: int, width: int) -> bool:
    x_min, y_min, x_max, y_max = component.box
    return x_min <= 1 or y_min <= 1 or x_max >= width - 1 or y_max >= height - 1


def _is_edge(component: Component, height: int, width: int, writing: float) -> bool:
    if component.height > 2.2 * writing or component.width > 5 * writing:
        return True
    if min(component.width, component.height) > _BROAD * writing and _fill(component) > _DENSE:
        return True
    x_min, y_min, x_max, y_max = component.box
    along_side = (x_min <= 1 or x_max >= width - 1) and component.height > 0.5 * height
    along_top = (y_min <= 1 or y_max >= height - 1) and component.width > 0.4 * width
    # A digit may fill a small picture, and then touch its border too.
    fills = component.width > 0.3 * width and component.height > 0.5 * height
    return (along_side or along_top) and not fills


def _is_within(component: Component, edge: Component) -> bool:
    x, y = component.center
    return edge.box[0] <= x <= edge.box[2] and edge.box[1] <= y <= edge.box[3]
