"""Compiled loops (numba) that all comparisons by deformation share.

A picture becomes one flat, zero-padded row of floats, so that a displacement is nothing but an
offset and each loop runs over hundreds of neighbouring numbers, as vector instructions like it.
"""

from typing import Any, NamedTuple

from numerals.search.compiled import compiled


class Frame(NamedTuple):
    """Where the pixels of a picture lie in a flat row of numbers.

    Attributes
    ----------
    height, width : int, pixels
    stride : int
        From one row of pixels to the next: the width and a margin, rounded up to 8.
    start : int
        The first pixel.
    length : int
        Of the whole row: a margin all around, so that no offset leads out of it.
    """

    height: int
    width: int
    stride: int
    start: int
    length: int


@compiled(nogil=True)
def make_frame(height: Any, width: Any, margin: Any) -> Frame:  # pragma: no cover - compiled
    """Return the frame of pictures with so many empty pixels around; `margin` is at least 1."""
    stride = (width + margin + 7) // 8 * 8
    start = margin * stride + margin
    return Frame(height, width, stride, start, (height + 2 * margin + 1) * stride + 2 * margin)


@compiled(nogil=True)
def lay_out(image: Any, frame: Any, row: Any) -> None:  # pragma: no cover - compiled
    """Write the pixels of a picture (height, width) into a flat row whose margins are zero."""
    for i in range(frame.height):
        pixels = row[frame.start + i * frame.stride :]
        for j in range(frame.width):
            pixels[j] = image[i, j]


@compiled(nogil=True)
def insert(
    distance: Any, index: Any, distances: Any, indices: Any
) -> None:  # pragma: no cover - compiled
    """Put a distance among the least ones, in place, if it is one of them.

    Parameters
    ----------
    distance : float
    index : int
        Whose it is.
    distances : ndarray of float64, shape (k,)
        Least first. Of equal ones that stays first which came first.
    indices : ndarray of int64, shape (k,)
        -1 where there is none yet.
    """
    place = len(distances) - 1
    if not (distance < distances[place] or indices[place] < 0):
        return
    while place > 0 and (distance < distances[place - 1] or indices[place - 1] < 0):
        distances[place] = distances[place - 1]
        indices[place] = indices[place - 1]
        place -= 1
    distances[place] = distance
    indices[place] = index
