"""Draw contact sheets: digits in a row for each class, or in a grid with captions."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from numerals.errors import DataError

MAX_SHEET_DIGITS = 10_000
"""Maximum number of digits in a captioned sheet."""

# Lengths in pixels, colors as grey levels.
_TILE = 48
_GAP = 6
_MARGIN = 18
_LABEL_WIDTH = 40
_PAPER, _FRAME, _TEXT = 255, 225, 90
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_CAPTION_HEIGHT = 18
_CAPTION_SCALE = 0.4  # of the font's 30 pixels


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
            sheet[top : top + _TILE, left : left + _TILE] = draw_tile(images[index])
    return sheet


def make_captioned_sheet(
    images: npt.NDArray[np.uint8], captions: Sequence[str], *, columns: int = 10, side: int = 84
) -> npt.NDArray[np.uint8]:
    """Draw digits in a grid, dark on white, each with a caption below.

    Parameters
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
        Ink bright; at most `MAX_SHEET_DIGITS`.
    captions : sequence of str
        One for each image, in ASCII.
    columns : int, default=10
    side : int, default=84
        Side of a digit, pixels.

    Returns
    -------
    ndarray of uint8, shape (height, width)

    Raises
    ------
    DataError
        If there are too many images.
    ValueError
        If the numbers of captions and images differ.

    Examples
    --------
    >>> make_captioned_sheet(np.zeros((3, 28, 28), np.uint8), ["0: 5", "1: 0", "2: 4"]).shape
    (138, 300)
    """
    if len(images) > MAX_SHEET_DIGITS:
        raise DataError(
            f"{len(images):,} digits are too many for one picture, which holds "
            f"{MAX_SHEET_DIGITS:,}; select fewer"
        )
    columns = max(1, min(columns, len(images)))
    pitch_x, pitch_y = side + _GAP, side + _CAPTION_HEIGHT
    n_rows = -(-len(images) // columns)
    size = (n_rows * pitch_y + 2 * _MARGIN, columns * pitch_x - _GAP + 2 * _MARGIN)
    sheet = np.full(size, _PAPER, np.uint8)
    for number, (image, caption) in enumerate(zip(images, captions, strict=True)):
        top = _MARGIN + number // columns * pitch_y
        left = _MARGIN + number % columns * pitch_x
        sheet[top : top + side, left : left + side] = draw_tile(image, side)
        (width, _), _ = cv2.getTextSize(caption, _FONT, _CAPTION_SCALE, 1)
        origin = (left + max(0, side - width) // 2, top + side + _CAPTION_HEIGHT - 6)
        cv2.putText(sheet, caption, origin, _FONT, _CAPTION_SCALE, _TEXT, 1, cv2.LINE_AA)
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


def draw_tile(image: npt.NDArray[np.uint8], side: int = _TILE) -> npt.NDArray[np.uint8]:
    """Return a digit as dark ink on white with a thin frame.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
        Ink bright.
    side : int, default=48
        Pixels; at least 3.

    Returns
    -------
    ndarray of uint8, shape (side, side)
    """
    inner = side - 2
    height, width = image.shape
    scale = inner / max(height, width, 1)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    tile = np.full((side, side), _FRAME, np.uint8)
    tile[1:-1, 1:-1] = _PAPER
    if image.size:
        ink = cv2.resize(image, size, interpolation=method)
        top, left = (side - size[1]) // 2, (side - size[0]) // 2
        tile[top : top + size[1], left : left + size[0]] = _PAPER - np.asarray(ink, np.uint8)
    return tile
