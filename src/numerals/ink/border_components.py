"""Drop components at the border of a picture of one line that are not writing."""

from collections.abc import Sequence

import numpy as np

from numerals.ink.connected_components import Component, typical_height

MIN_SOLID_FILL = 0.25
"""Minimum share of its box that an edge fills; one with less encloses the page."""
MIN_PATCH_SIZE = 0.8
"""Minimum shorter side of a dark patch, as a share of the picture's longer side."""
MIN_PATCH_FILL = 0.6
"""Minimum share of its box that a dark patch fills, such as the grain of a desk."""
MIN_CELL_SIDE_HEIGHT = 0.85
"""Minimum height of a cell's side, as a share of the picture's height."""
MIN_CELL_SIDE_RATIO = 1.4
"""Minimum height of a cell's side, in heights of the writing."""
MIN_STROKE_COLUMN = 0.6
"""Minimum ink of a column that belongs to a straight stroke, as a share of its height."""
MAX_CELL_SIDE_WIDTH = 0.15
"""Maximum number of such columns of a cell's side, as a share of its height."""
MIN_WRITTEN_HEIGHT = 0.3
"""Minimum height of writing that bounds the line, as a share of the typical height."""


def drop_border_components(
    components: Sequence[Component], shape: tuple[int, ...]
) -> list[Component]:
    """Drop border artifacts, such as shadows and sides of cells, and all components inside them.

    Border artifacts touch the border and run along much of a side. Writing may be large and touch
    the border too.

    Parameters
    ----------
    components : sequence of Component
    shape : tuple of int
        Height and width of the picture, pixels.
    """
    height, width = shape[:2]
    picture_side = float(max(height, width))
    edges = [
        component
        for component in components
        if _touches_border(component, height, width)
        and _is_border_artifact(component, height, width, picture_side)
    ]
    solid_edges = [edge for edge in edges if _fill_share(edge) >= MIN_SOLID_FILL]
    others = [component for component in components if component not in edges]
    return [
        component
        for component in others
        if not any(_is_within(component, edge) for edge in solid_edges)
    ]


def drop_cell_sides(components: Sequence[Component], shape: tuple[int, ...]) -> list[Component]:
    """Drop the sides of a cell that are left in a picture of the cell.

    They are straight vertical strokes to the left or right of all writing, and much higher.

    Parameters
    ----------
    components : sequence of Component
    shape : tuple of int
        Height and width of the picture, pixels.
    """
    sides = [component for component in components if _is_upright(component, shape[0])]
    written = [component for component in components if component not in sides]
    if not sides or not written:
        return list(components)
    height = typical_height(written)
    centers = [
        component.center[0]
        for component in written
        if component.height > MIN_WRITTEN_HEIGHT * height
    ]
    dropped = [
        side
        for side in sides
        if side.height >= MIN_CELL_SIDE_RATIO * height
        and not min(centers) <= side.box[0] + _densest_column(side) <= max(centers)
    ]
    return [component for component in components if component not in dropped]


def _is_upright(component: Component, height: int) -> bool:
    """Return whether a component is a thin straight vertical stroke, with anything attached."""
    if component.height < MIN_CELL_SIDE_HEIGHT * height:
        return False
    is_stroke = np.count_nonzero(component.mask, axis=0) >= MIN_STROKE_COLUMN * component.height
    return 0 < int(np.count_nonzero(is_stroke)) <= MAX_CELL_SIDE_WIDTH * component.height


def _densest_column(component: Component) -> int:
    """Return the column of a component that has the most ink."""
    return int(np.count_nonzero(component.mask, axis=0).argmax())


def _fill_share(component: Component) -> float:
    return int(np.count_nonzero(component.mask)) / component.mask.size


def _touches_border(component: Component, height: int, width: int) -> bool:
    x_min, y_min, x_max, y_max = component.box
    return x_min <= 1 or y_min <= 1 or x_max >= width - 1 or y_max >= height - 1


def _is_border_artifact(component: Component, height: int, width: int, picture_side: float) -> bool:
    if component.height > 2.2 * picture_side or component.width > 5 * picture_side:
        return True
    if (
        min(component.width, component.height) > MIN_PATCH_SIZE * picture_side
        and _fill_share(component) > MIN_PATCH_FILL
    ):
        return True
    x_min, y_min, x_max, y_max = component.box
    along_side = (x_min <= 1 or x_max >= width - 1) and component.height > 0.5 * height
    along_top = (y_min <= 1 or y_max >= height - 1) and component.width > 0.4 * width
    # A digit may fill a small picture and touch its border.
    fills_picture = component.width > 0.3 * width and component.height > 0.5 * height
    return (along_side or along_top) and not fills_picture


def _is_within(component: Component, edge: Component) -> bool:
    x, y = component.center
    return edge.box[0] <= x <= edge.box[2] and edge.box[1] <= y <= edge.box[3]
