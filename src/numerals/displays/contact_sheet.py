"""Draw a contact sheet: a picture with some digits of each class, a row for each class."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

# Lengths in pixels, colors as grey levels.
_TILE = 48
_GAP = 6
_MARGIN = 18
_LABEL_WIDTH = 40
_PAPER, _FRAME, _TEXT = 255, 225, 90
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def make_contact_sheet(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.int64],
    classes: Sequence[str],
    *,
    rows: int = 10,
    columns: int = 20,
    random_state: int = 0,
) -> npt.NDArray[np.uint8]:
    """Draw digits by class, dark on white.

    Parameters
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
        Ink bright.
    labels : ndarray of int64, shape (n_images,)
        Indices into `classes`. If all are -1, the digits fill the rows in their order.
    classes : sequence of str
    rows : int, default=10
        Maximum number of classes.
    columns : int, default=20
        Maximum number of digits of each class, chosen at random.
    random_state : int, default=0
        Seed of the choice.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        Rows are labelled by the name of the class if it is ASCII, else by its index.

    Raises
    ------
    ValueError
        If `rows` or `columns` is less than 1.

    Examples
    --------
    >>> images, labels = np.zeros((40, 28, 28), np.uint8), np.arange(40) % 10
    >>> make_contact_sheet(images, labels, "0123456789", columns=4).shape
    (570, 286)
    """
    if rows < 1 or columns < 1:
        raise ValueError(f"rows={rows} and columns={columns} must be at least 1")
    rng = np.random.default_rng(random_state)
    chosen = list(_choose_rows(labels, classes[:rows], rows, columns, rng))
    pitch = _TILE + _GAP
    height = max(len(chosen), 1) * pitch - _GAP + 2 * _MARGIN
    width = _LABEL_WIDTH + columns * pitch - _GAP + 2 * _MARGIN
    sheet = np.full((height, width), _PAPER, np.uint8)
    for row, (text, indices) in enumerate(chosen):
        top = _MARGIN + row * pitch
        _draw_label(sheet, text, top)
        for column, index in enumerate(indices):
            left = _MARGIN + _LABEL_WIDTH + column * pitch
            sheet[top : top + _TILE, left : left + _TILE] = _draw_tile(images[index])
    return sheet


def _choose_rows(
    labels: npt.NDArray[np.int64],
    classes: Sequence[str],
    rows: int,
    columns: int,
    rng: np.random.Generator,
) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
    """Yield the label and the indices of each row."""
    if not (labels >= 0).any():
        for start in range(0, min(len(labels), rows * columns), columns):
            yield "", np.arange(start, min(start + columns, len(labels)))
        return
    for label, name in enumerate(classes):
        members = np.flatnonzero(labels == label)
        chosen = rng.permutation(members)[:columns]
        yield (name if name.isascii() else str(label)), chosen


def _draw_label(sheet: npt.NDArray[np.uint8], text: str, top: int) -> None:
    (width, height), _ = cv2.getTextSize(text[:3], _FONT, 0.7, 1)
    origin = (_MARGIN + (_LABEL_WIDTH - width) // 2 - _GAP, top + (_TILE + height) // 2)
    cv2.putText(sheet, text[:3], origin, _FONT, 0.7, _TEXT, 1, cv2.LINE_AA)


def _draw_tile(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a digit as dark ink on white with a thin frame, shape (_TILE, _TILE)."""
    inner = _TILE - 2
    height, width = image.shape
    scale = inner / max(height, width, 1)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    tile = np.full((_TILE, _TILE), _FRAME, np.uint8)
    tile[1:-1, 1:-1] = _PAPER
    if image.size:
        ink = cv2.resize(image, size, interpolation=method)
        top, left = (_TILE - size[1]) // 2, (_TILE - size[0]) // 2
        tile[top : top + size[1], left : left + size[0]] = _PAPER - np.asarray(ink, np.uint8)
    return tile
