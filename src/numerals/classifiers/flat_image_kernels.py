"""Compiled functions (numba) that all deformation distances share.

An image is stored as one flat, zero-padded array of floats. A displacement is then an offset, and
loops run over hundreds of consecutive numbers, which suits vector instructions.
"""

from typing import Any, NamedTuple

from numerals.search.compiled import compiled


class Frame(NamedTuple):
    """Layout of an image in a flat array.

    Attributes
    ----------
    height, width : int, pixels
    stride : int
        Distance from one row of pixels to the next: width and margin, rounded up to 8.
    start : int
        Index of the first pixel.
    length : int
        Length of the array, with a margin all around so that offsets stay within it.
    """

    height: int
    width: int
    stride: int
    start: int
    length: int


@compiled(nogil=True)
def make_frame(height: Any, width: Any, margin: Any) -> Frame:  # pragma: no cover - compiled
    """Return the layout of images with a margin of at least 1 blank pixel on each side."""
    stride = (width + margin + 7) // 8 * 8
    start = margin * stride + margin
    return Frame(height, width, stride, start, (height + 2 * margin + 1) * stride + 2 * margin)


@compiled(nogil=True)
def lay_out(image: Any, frame: Any, row: Any) -> None:  # pragma: no cover - compiled
    """Write the pixels of an image (height, width) into a flat array whose margins are zero."""
    for i in range(frame.height):
        pixels = row[frame.start + i * frame.stride :]
        for j in range(frame.width):
            pixels[j] = image[i, j]


@compiled(nogil=True)
def insert(
    distance: Any, index: Any, distances: Any, indices: Any
) -> None:  # pragma: no cover - compiled
    """Insert a distance into the k smallest ones, in place, if it is one of them.

    Parameters
    ----------
    distance : float
    index : int
        Index of the image at this distance.
    distances : ndarray of float64, shape (k,)
        Smallest first; equal distances keep the order of insertion.
    indices : ndarray of int64, shape (k,)
        -1 in free places.
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
