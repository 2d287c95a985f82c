"""The page model: one ONNX file that tells for each spot of a picture what stands there.

Input ``image``: uint8, shape (height, width, 3), RGB; both sides are multiples of 32.
Output ``maps``: uint8, shape (12, height / 4, width / 4): probabilities times 255 of the cores of
handwritten and of printed numbers, of numbers' regions, of the five kinds of ink, and of the four
quarter turns clockwise that writing may have made.
Metadata: ``format`` ("numerals-page-1") and what its training was.
"""

import functools
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError
from numerals.models.session import Session, open_session

FORMAT = "numerals-page-1"
STRIDE = 4
"""Pixels of the picture for each pixel of the maps."""

_CHANNELS = 12
_MULTIPLE = 32
_MARGIN = 32  # pixels around a tile; around the picture they are as at its edge
_TILE = 960  # pixels: longest side of a tile, which takes about 250 MB and 0.2 s of processor time
_FILE = Path(__file__).with_name("page.onnx")

Map = npt.NDArray[np.float32]
Window = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class PageMaps:
    """What stands where, each from 0 to 1.

    Attributes
    ----------
    written, printed : ndarray of float32, shape (height, width)
        Cores of handwritten, of printed numbers.
    number_ink, other_ink, print_ink, mark_ink : ndarray of float32, shape (height, width)
        Kinds of ink: handwritten numbers, other handwriting, print, rules and other marks.
    turns : ndarray of float32, shape (4, height, width)
        Quarter turns clockwise that the writing has made.
    scale : float
        Pixels of the picture for each pixel of the maps.
    """

    written: Map
    printed: Map
    number_ink: Map
    other_ink: Map
    print_ink: Map
    mark_ink: Map
    turns: Map
    scale: float


@dataclass(frozen=True, eq=False)
class PageModel:
    """A page model that is ready to run; `load_page_model` makes one."""

    metadata: dict[str, str] = field(repr=False)
    _session: Session = field(repr=False)

    def look(
        self, rgb: npt.NDArray[np.uint8], factor: float, window: Window | None = None
    ) -> PageMaps:
        """Return the maps of a picture that is first made `factor` times as large.

        Parameters
        ----------
        rgb : ndarray of uint8, shape (height, width, 3)
        factor : float
            Digits from 15 to 60 pixels high are seen best.
        window : tuple of four float, optional
            Left, top, right and bottom of the part that is looked at, as shares of the picture's
            width and height. The rest does not influence it, and its maps are zero.
        """
        height, width = rgb.shape[:2]
        size = (max(8, round(width * factor)), max(8, round(height * factor)))
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        seen = rgb if size == (width, height) else cv2.resize(rgb, size, interpolation=method)
        found = self._look_within(np.asarray(seen, np.uint8), window)
        scale = STRIDE * width / size[0]
        return PageMaps(
            written=found[0],
            printed=found[1],
            number_ink=found[4],
            other_ink=found[5],
            print_ink=found[6],
            mark_ink=found[7],
            turns=found[8:12],
            scale=scale,
        )

    def _look_within(self, rgb: npt.NDArray[np.uint8], window: Window | None) -> Map:
        if window is None:
            return self._run_in_tiles(rgb)
        n_rows, n_columns = (-(-side // STRIDE) for side in rgb.shape[:2])
        left, right = (int(window[i] * n_columns) for i in (0, 2))
        top, bottom = (int(window[i] * n_rows) for i in (1, 3))
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        found = np.zeros((_CHANNELS, n_rows, n_columns), np.float32)
        part = rgb[STRIDE * top : STRIDE * bottom, STRIDE * left : STRIDE * right]
        found[:, top:bottom, left:right] = self._run_in_tiles(part)
        return found

    def _run_in_tiles(self, rgb: npt.NDArray[np.uint8]) -> Map:
        """Return the maps of a picture, computed tile by tile so that memory is bounded."""
        height, width = rgb.shape[:2]
        n_rows, n_columns = -(-height // STRIDE), -(-width // STRIDE)
        found = np.zeros((_CHANNELS, n_rows, n_columns), np.float32)
        around = [(_MARGIN, _MARGIN + _MULTIPLE)] * 2 + [(0, 0)]
        padded = np.pad(rgb, around, mode="edge")
        for top, bottom in _split(n_rows):
            for left, right in _split(n_columns):
                tile = padded[
                    STRIDE * top : STRIDE * bottom + 2 * _MARGIN,
                    STRIDE * left : STRIDE * right + 2 * _MARGIN,
                ]
                maps = self._run(tile)
                first = _MARGIN // STRIDE
                inner = maps[:, first : first + bottom - top, first : first + right - left]
                found[:, top:bottom, left:right] = inner
        return np.asarray(found / np.float32(255), np.float32)

    def _run(self, tile: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        bottom, right = (-side % _MULTIPLE for side in tile.shape[:2])
        tile = np.pad(tile, [(0, bottom), (0, right), (0, 0)], mode="edge")
        shape = (_CHANNELS, tile.shape[0] // STRIDE, tile.shape[1] // STRIDE)
        return self._session.run_maps(np.ascontiguousarray(tile), shape)


def _split(n: int) -> list[tuple[int, int]]:
    """Split rows or columns of the maps into as few parts of like length as tiles allow."""
    n_tiles = max(1, -(-n // (_TILE // STRIDE)))
    bounds = [round(i * n / n_tiles) for i in range(n_tiles + 1)]
    return list(pairwise(bounds))


def load_page_model(path: Path = _FILE) -> PageModel:
    """Load the page model that ships, or another one of its format; each is loaded once.

    Raises
    ------
    ModelError
        If the file is no page model of ours.
    """
    return begin_loading(path).result()


class _Loading:
    """A page model that is being loaded, or was."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._model: PageModel | None = None
        self._error: Exception | None = None
        # No daemon: onnxruntime must not be at work while Python ends.
        self._thread = Thread(target=self._run, name="numerals-page-model")
        self._thread.start()

    def result(self) -> PageModel:
        """Return the model once it is loaded; raise what loading it raised."""
        self._thread.join()
        if self._error is not None:
            begin_loading.cache_clear()  # the file may be another one next time
            raise self._error
        assert self._model is not None
        return self._model

    def _run(self) -> None:
        try:
            self._model = _load(self._path)
        except Exception as error:  # raised again where the model is asked for
            self._error = error


@functools.lru_cache(maxsize=2)
def begin_loading(path: Path = _FILE) -> _Loading:
    """Load a page model in a thread, while the caller loads or decodes something else."""
    return _Loading(path)


def _load(path: Path) -> PageModel:
    session, metadata = open_session(path)
    if metadata.get("format") != FORMAT:
        raise ModelError(
            f"{path}: its metadata says format={metadata.get('format')!r}, expected {FORMAT!r}"
        )
    shapes = [shape for _, _, shape in (*session.inputs, *session.outputs)]
    if len(shapes) != 2 or shapes[0][-1:] != [3] or shapes[1][:1] != [_CHANNELS]:
        raise ModelError(f"{path}: has inputs and outputs of {shapes}, not those of a page model")
    return PageModel(metadata, session)
