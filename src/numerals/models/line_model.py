"""A line model: one ONNX file that reads strips of writing, with its metadata.

Input ``strips``: uint8, shape (n, 40, width), as `numerals.ink.line_image` makes them, the shorter
ones padded with 0 on the right; the width is a multiple of 4.
Output ``log_probabilities``: float32, shape (n, width / 4, n_characters + 1); the last column is
the blank of connectionist temporal classification (CTC).
Input ``second``, where there is one: bool, whether the file's second network is to answer, which is
asked again where the first one is in doubt.
Metadata: as a digit model's, with ``format`` ("numerals-line-1"), ``characters``, a JSON list, and
``number_calibration``, slope and offset of whole readings' log odds, and ``second_characters``, a
JSON list, where the second network knows fewer than the first.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError
from numerals.models.in_use import model_in_use
from numerals.models.packages import packaged_path
from numerals.models.session import Session, names_of, open_session
from numerals.untrusted import reading_untrusted

FORMAT = "numerals-line-1"
HEIGHT = 40
"""Of a strip, pixels."""
STRIDE = 4
"""Columns of pixels for each column of the output."""

SHIPPED_LINES = {
    script: f"{script}-line.onnx" for script in ("latin", "kannada", "bangla", "devanagari")
}
"""Script -> the line model that ships with the package."""

_STRIPS, _SECOND = ("strips", "tensor(uint8)", 3), ("second", "tensor(bool)", 0)
_FOLDER = Path(__file__).parent
_BATCH = 16  # strips a run
_TAIL = 2**16  # bytes
_PADDING = 1.3  # strips that are so many times as wide as another do not share a run with it


@dataclass(frozen=True, eq=False)
class LineModel:
    """A line model that is ready to run; `load_line_model` makes one.

    Attributes
    ----------
    characters : tuple of str
        What each column but the last of `log_probabilities` stands for.
    script : str
        Such as ``"latin"``.
    calibration : tuple of two floats
        Slope and offset that make the log odds of a whole reading those of its being right.
    metadata : dict of str to str
        All that the file says of itself.
    second_characters : frozenset of str
        Those that the second network knows; it is not asked about texts with others.
    """

    characters: tuple[str, ...]
    script: str
    calibration: tuple[float, float]
    metadata: dict[str, str] = field(repr=False)
    _session: Session = field(repr=False)
    second_characters: frozenset[str] = frozenset()

    @property
    def n_networks(self) -> int:
        """How many networks there are to ask: one or two."""
        return len(self._session.inputs)

    def log_probabilities(
        self, strips: Sequence[npt.NDArray[np.uint8]], network: int = 0
    ) -> list[npt.NDArray[np.float32]]:
        """Tell for each column of each strip which character stands there.

        Parameters
        ----------
        strips : sequence of ndarray of uint8, shape (40, n_columns)
            Ink bright on dark.
        network : int, default=0
            Which of the networks is asked.

        Returns
        -------
        list of ndarray of float32, shape (ceil(n_columns / 4), n_characters + 1)
            Natural logarithms; the last column is the blank.

        Raises
        ------
        ValueError
            If a strip has another height or dtype.
        """
        for strip in strips:
            if strip.ndim != 2 or strip.shape[0] != HEIGHT or strip.dtype != np.uint8:
                raise ValueError(
                    f"strips must be uint8 of shape ({HEIGHT}, n); got {strip.dtype} {strip.shape}"
                )
        found: dict[int, npt.NDArray[np.float32]] = {}
        for batch in _batches([strip.shape[1] for strip in strips]):
            widest = max(strips[i].shape[1] for i in batch)
            padded = np.zeros((len(batch), HEIGHT, -(-widest // STRIDE) * STRIDE), np.uint8)
            for row, i in zip(padded, batch, strict=True):
                row[:, : strips[i].shape[1]] = strips[i]
            for i, row in zip(batch, self._run(padded, network), strict=True):
                found[i] = row[: -(-strips[i].shape[1] // STRIDE)]
        return [found[i] for i in range(len(strips))]

    def _run(self, strips: npt.NDArray[np.uint8], network: int) -> npt.NDArray[np.float32]:
        which = {"second": np.array(network > 0)} if self.n_networks > 1 else {}
        n, _, width = strips.shape
        shape = (n, width // STRIDE, len(self.characters) + 1)
        return self._session.run({"strips": strips, **which}, shape)


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Put strips of like width together, so that little is padded."""
    batch: list[int] = []
    for i in sorted(range(len(widths)), key=widths.__getitem__):
        if batch and (len(batch) == _BATCH or widths[i] > _PADDING * widths[batch[0]]):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def load_line_model(path: Path) -> LineModel:
    """Load a line model from its file.

    Raises
    ------
    ModelError
        If the file is no line model of ours.
    """
    session, metadata = open_session(path)
    if metadata.get("format") != FORMAT:
        raise ModelError(
            f"{path}: its metadata says format={metadata.get('format')!r}, expected {FORMAT!r}"
        )
    characters = names_of(path, metadata, "characters")
    slope, offset = _calibration(path, metadata)
    inputs = [(name, kind, len(shape)) for name, kind, shape in session.inputs]
    if inputs not in ([_STRIPS], [_STRIPS, _SECOND]):
        raise ModelError(
            f"{path}: takes {session.inputs}, expected strips, uint8, (n, {HEIGHT}, width)"
        )
    if session.n_columns != len(characters) + 1:
        raise ModelError(
            f"{path}: gives {session.n_columns} columns for {len(characters)} characters"
        )
    known = frozenset(characters)
    if "second_characters" in metadata:
        known &= set(names_of(path, metadata, "second_characters"))
    return LineModel(characters, metadata["script"], (slope, offset), metadata, session, known)


def _calibration(path: Path, metadata: dict[str, str]) -> tuple[float, float]:
    with reading_untrusted(path, ModelError):
        try:
            slope, offset = map(float, json.loads(metadata.get("number_calibration", "[1, 0]")))
        except (TypeError, ValueError, OverflowError) as error:
            raise ModelError(f"{path}: its calibration is no pair of numbers ({error})") from error
    if not (isfinite(slope) and isfinite(offset)):
        raise ModelError(f"{path}: its calibration, {slope} and {offset}, is no pair of numbers")
    return slope, offset


def line_model_path(script: str) -> Path | None:
    """Return where the line model of a script is: in use, shipped, or in an installed package."""
    if used := model_in_use(script, "lines"):
        return used
    if script in SHIPPED_LINES:
        return _FOLDER / SHIPPED_LINES[script]
    return packaged_path(script, "lines")


def is_line_model(path: str | Path) -> bool:
    """Whether a file says that it is a line model."""
    path = Path(path)
    if path.suffix != ".onnx" or not path.is_file():
        return False
    # The metadata stand as plain text at the end of the file, so the model need not be loaded.
    with reading_untrusted(path, ModelError), path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL))
        return FORMAT.encode() in stream.read(_TAIL)
