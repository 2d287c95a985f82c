"""The page model: an ONNX file that finds the numbers in a picture and segments its ink.

Input ``image``: uint8, shape (height, width, 3), RGB; height and width are multiples of 32.
Output ``maps``: uint8, shape (12, height / 4, width / 4), probabilities times 255. The channels are
the cores of handwritten numbers and of printed numbers, the regions of numbers, five kinds of ink
(none, handwritten number, other handwriting, print, marks), and the four quarter turns of the
writing, clockwise.
Metadata: ``format`` ("numerals-page-1") and entries about the training.
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
from numerals.models.onnx_session import Session, open_session

PAGE_FORMAT = "numerals-page-1"
PAGE_MODEL_PATH = Path(__file__).with_name("page.onnx")
"""The page model that ships."""
MAP_STRIDE = 4
"""Picture pixels per map pixel, along each axis."""
CORE_HEIGHT = 0.54
"""Height of a number's core, relative to the height of the number."""
CORE_INSET = 0.15
"""Distance from the end of a number to the end of its core, heights of the number."""
MIN_NUMBER_ASPECT = 0.5
"""Minimum width of a number, such as a single 1, relative to its height."""

_N_CHANNELS = 12
_SIDE_MULTIPLE = 32  # pixels
_TILE_MARGIN = 32  # pixels of context around a tile; at the picture's border, edge pixels repeat
_MAX_TILE_SIDE = 960  # pixels; such a tile takes about 250 MB and 0.2 s of processor time

Map = npt.NDArray[np.float32]
Window = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class PageMaps:
    """Maps of probabilities, in [0, 1], over a picture.

    Attributes
    ----------
    written, printed : ndarray of float32, shape (height, width)
        Cores of handwritten numbers, and of printed numbers.
    number_ink, other_ink, print_ink, mark_ink : ndarray of float32, shape (height, width)
        Ink of handwritten numbers, other handwriting, print, and rules or other marks.
    turns : ndarray of float32, shape (4, height, width)
        Probability that the writing is turned clockwise by 0, 1, 2 or 3 quarters.
    scale : float
        Pixels of the original picture per map pixel.
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
    """A loaded page model; `load_page_model` creates it."""

    metadata: dict[str, str] = field(repr=False)
    _session: Session = field(repr=False)

    def predict_maps(
        self, rgb: npt.NDArray[np.uint8], factor: float, window: Window | None = None
    ) -> PageMaps:
        """Resize a picture and return its maps.

        Parameters
        ----------
        rgb : ndarray of uint8, shape (height, width, 3)
        factor : float
            Resize factor. The model works best if digits are 15 to 60 pixels high after resizing.
        window : tuple of four float, optional
            Left, top, right and bottom of the part to process, as fractions of the picture's width
            and height. Pixels outside do not influence the maps, which are zero there.

        Raises
        ------
        ModelError
            If the model fails.
        """
        height, width = rgb.shape[:2]
        size = (max(8, round(width * factor)), max(8, round(height * factor)))
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        resized = rgb if size == (width, height) else cv2.resize(rgb, size, interpolation=method)
        maps = self._run_window(np.asarray(resized, np.uint8), window)
        scale = MAP_STRIDE * width / size[0]
        return PageMaps(
            written=maps[0],
            printed=maps[1],
            number_ink=maps[4],
            other_ink=maps[5],
            print_ink=maps[6],
            mark_ink=maps[7],
            turns=maps[8:12],
            scale=scale,
        )

    def _run_window(self, rgb: npt.NDArray[np.uint8], window: Window | None) -> Map:
        if window is None:
            return self._run_tiles(rgb)
        n_rows, n_columns = (-(-side // MAP_STRIDE) for side in rgb.shape[:2])
        left, right = (int(window[i] * n_columns) for i in (0, 2))
        top, bottom = (int(window[i] * n_rows) for i in (1, 3))
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        maps = np.zeros((_N_CHANNELS, n_rows, n_columns), np.float32)
        part = rgb[MAP_STRIDE * top : MAP_STRIDE * bottom, MAP_STRIDE * left : MAP_STRIDE * right]
        maps[:, top:bottom, left:right] = self._run_tiles(part)
        return maps

    def _run_tiles(self, rgb: npt.NDArray[np.uint8]) -> Map:
        """Return the maps of a picture, computed tile by tile to bound the memory."""
        height, width = rgb.shape[:2]
        n_rows, n_columns = -(-height // MAP_STRIDE), -(-width // MAP_STRIDE)
        maps = np.zeros((_N_CHANNELS, n_rows, n_columns), np.float32)
        padding = [(_TILE_MARGIN, _TILE_MARGIN + _SIDE_MULTIPLE)] * 2 + [(0, 0)]
        padded = np.pad(rgb, padding, mode="edge")
        for top, bottom in _split(n_rows):
            for left, right in _split(n_columns):
                tile = padded[
                    MAP_STRIDE * top : MAP_STRIDE * bottom + 2 * _TILE_MARGIN,
                    MAP_STRIDE * left : MAP_STRIDE * right + 2 * _TILE_MARGIN,
                ]
                tile_maps = self._run(tile)
                first = _TILE_MARGIN // MAP_STRIDE
                inner = tile_maps[:, first : first + bottom - top, first : first + right - left]
                maps[:, top:bottom, left:right] = inner
        return np.asarray(maps / np.float32(255), np.float32)

    def _run(self, tile: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        bottom, right = (-side % _SIDE_MULTIPLE for side in tile.shape[:2])
        tile = np.pad(tile, [(0, bottom), (0, right), (0, 0)], mode="edge")
        shape = (_N_CHANNELS, tile.shape[0] // MAP_STRIDE, tile.shape[1] // MAP_STRIDE)
        return self._session.run_maps(np.ascontiguousarray(tile), shape)


def _split(n: int) -> list[tuple[int, int]]:
    """Split n map rows or columns into the fewest tiles, of nearly equal length."""
    n_tiles = max(1, -(-n // (_MAX_TILE_SIDE // MAP_STRIDE)))
    bounds = [round(i * n / n_tiles) for i in range(n_tiles + 1)]
    return list(pairwise(bounds))


def load_page_model(path: Path = PAGE_MODEL_PATH) -> PageModel:
    """Load a page model, by default the one that ships. Loaded models are cached.

    Raises
    ------
    ModelError
        If the file is not a page model.
    """
    return start_loading_page_model(path).result()


class _LoadingThread:
    """A thread that loads a page model."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._model: PageModel | None = None
        self._error: Exception | None = None
        # Not a daemon thread: onnxruntime must not run while the interpreter shuts down.
        self._thread = Thread(target=self._run, name="numerals-page-model")
        self._thread.start()

    def result(self) -> PageModel:
        """Wait for the thread and return the model; raise the error of a failed load."""
        self._thread.join()
        if self._error is not None:
            start_loading_page_model.cache_clear()  # the next call loads the file again
            raise self._error
        assert self._model is not None
        return self._model

    def _run(self) -> None:
        try:
            self._model = _load(self._path)
        except Exception as error:  # raised again by result()
            self._error = error


@functools.lru_cache(maxsize=2)
def start_loading_page_model(path: Path = PAGE_MODEL_PATH) -> _LoadingThread:
    """Start to load a page model in a thread; `load_page_model` waits for it."""
    return _LoadingThread(path)


def _load(path: Path) -> PageModel:
    remedy = "create the file with numerals train --recipe page"
    session, metadata = open_session(path)
    if metadata.get("format") != PAGE_FORMAT:
        raise ModelError(
            f"{path}: its metadata says format={metadata.get('format')!r}, "
            f"expected {PAGE_FORMAT!r}; {remedy}"
        )
    shapes = [shape for _, _, shape in (*session.inputs, *session.outputs)]
    if len(shapes) != 2 or shapes[0][-1:] != [3] or shapes[1][:1] != [_N_CHANNELS]:
        raise ModelError(
            f"{path}: its inputs and outputs have the shapes {shapes}, expected "
            f"(height, width, 3) and ({_N_CHANNELS}, height / {MAP_STRIDE}, width / {MAP_STRIDE}); "
            + remedy
        )
    return PageModel(metadata, session)
