"""Digits as text: two pixels in each character, for terminals."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

_MIN_INK = 80  # grey level from which a pixel is drawn
_BLOCKS, _ASCII = " \u2580\u2584\u2588", " '.#"  # for none, the upper, the lower, both pixels


def to_half_blocks(
    image: npt.NDArray[np.uint8], width: int | None = None, *, ascii_only: bool = False
) -> list[str]:
    """Return a digit as lines of text.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
        Ink bright.
    width : int, optional
        Characters; larger images are reduced. By default a character for each column.
    ascii_only : bool, default=False
        Whether to use ``'``, ``.`` and ``#`` instead of block characters.

    Returns
    -------
    list of str
        Half as many lines as rows.

    Examples
    --------
    >>> to_half_blocks(np.array([[255, 0], [255, 255], [0, 255]], np.uint8), ascii_only=True)
    ['#.', " '"]
    """
    rows, columns = image.shape
    if width is not None and columns > width:
        size = (width, max(1, round(rows * width / columns)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    is_ink = np.pad(image >= _MIN_INK, ((0, len(image) % 2), (0, 0)))
    codes = is_ink[::2] + 2 * is_ink[1::2]
    characters = _ASCII if ascii_only else _BLOCKS
    return ["".join(characters[code] for code in row) for row in codes.tolist()]


def join_columns(
    blocks: Sequence[Sequence[str]], captions: Sequence[str], *, line_width: int, gap: int = 2
) -> str:
    """Return pictures of text side by side, each with a caption above, in as many rows as needed.

    Parameters
    ----------
    blocks : sequence of sequence of str
        The lines of each picture, as many for all.
    captions : sequence of str
    line_width : int
        Maximum length of a line, characters; a single picture may be wider.
    gap : int, default=2
        Spaces between pictures.
    """
    columns = [
        [caption, *block] for caption, block in zip(captions, blocks, strict=True)
    ]  # of lines
    width = max((len(line) for column in columns for line in column), default=0)
    per_row = max(1, (line_width + gap) // (width + gap))
    lines = []
    for start in range(0, len(columns), per_row):
        for parts in zip(*columns[start : start + per_row], strict=True):
            lines.append((" " * gap).join(part.ljust(width) for part in parts).rstrip())
        lines.append("")
    return "\n".join(lines[:-1])
