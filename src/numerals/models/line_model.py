"""Line models: ONNX files that read strips of handwriting and contain their own metadata.

Input ``strips``: uint8, shape (n, 40, width), as `numerals.ink.line_image` returns them. Narrower
strips are padded with 0 on the right; the width is a multiple of 4.
Optional input ``second``: bool, whether the second network of the file computes the output. The
reader runs it when the first network is uncertain.
Output ``log_probabilities``: float32, shape (n, width / 4, n_characters + 1). The last column is
the blank of connectionist temporal classification (CTC).
Metadata: as in a digit model, with ``format`` ("numerals-line-1"), ``characters`` (a JSON list) in
place of ``classes``, ``number_calibration`` (slope and offset for the log odds of whole readings),
and ``second_characters`` (a JSON list) if the second network has fewer characters.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError
from numerals.models.activated_models import activated_model_path
from numerals.models.onnx_session import Session, open_session, parse_names
from numerals.models.packaged_models import SHIPPED_FOLDER, packaged_path
from numerals.untrusted import reading_untrusted

LINE_FORMAT = "numerals-line-1"
STRIP_HEIGHT = 40
"""Height of a strip, pixels."""
COLUMN_STRIDE = 4
"""Pixel columns per output column."""
REJECT = "\ufffd"
"""Character for letters and other ink that is not part of a number."""

SHIPPED_LINE_MODELS = {
    script: f"{script}-line.onnx" for script in ("latin", "kannada", "bangla", "devanagari")
}
"""Script -> file name of the line model that ships with the package."""

# Inputs: name, type, number of dimensions.
_STRIPS_INPUT, _SECOND_INPUT = ("strips", "tensor(uint8)", 3), ("second", "tensor(bool)", 0)
_BATCH_SIZE = 16  # strips per run
_METADATA_TAIL_BYTES = 2**16  # of the end of a file, searched for the format
_MAX_WIDTH_RATIO = 1.3  # of the widest to the narrowest strip of a batch


@dataclass(frozen=True, eq=False)
class LineModel:
    """A loaded line model; `load_line_model` creates it.

    Attributes
    ----------
    characters : tuple of str
        The character of each column of `log_probabilities` but the last.
    script : str
        Such as ``"latin"``.
    calibration : tuple of two floats
        Slope and offset that calibrate the log odds of a whole reading.
    metadata : dict of str to str
        The metadata of the model file.
    second_characters : frozenset of str
        The characters of the second network.
    """

    characters: tuple[str, ...]
    script: str
    calibration: tuple[float, float]
    metadata: dict[str, str] = field(repr=False)
    _session: Session = field(repr=False)
    second_characters: frozenset[str] = frozenset()

    @property
    def n_networks(self) -> int:
        """Number of networks in the file: 1 or 2."""
        return len(self._session.inputs)

    def log_probabilities(
        self, strips: Sequence[npt.NDArray[np.uint8]], network: int = 0
    ) -> list[npt.NDArray[np.float32]]:
        """Return the log probability of each character at each column of each strip.

        Parameters
        ----------
        strips : sequence of ndarray of uint8, shape (40, n_columns)
            Ink bright on dark.
        network : int, default=0
            Index of the network to run.

        Returns
        -------
        list of ndarray of float32, shape (ceil(n_columns / 4), n_characters + 1)
            Natural logarithms; the last column is the blank.

        Raises
        ------
        ModelError
            If the model fails.
        ValueError
            If a strip has another height or dtype.
        """
        for strip in strips:
            if strip.ndim != 2 or strip.shape[0] != STRIP_HEIGHT or strip.dtype != np.uint8:
                raise ValueError(
                    f"strips must be uint8 of shape ({STRIP_HEIGHT}, n); "
                    f"got {strip.dtype} {strip.shape}"
                )
        outputs: dict[int, npt.NDArray[np.float32]] = {}
        for batch in _batches_by_width([strip.shape[1] for strip in strips]):
            max_width = max(strips[i].shape[1] for i in batch)
            padded = np.zeros(
                (len(batch), STRIP_HEIGHT, -(-max_width // COLUMN_STRIDE) * COLUMN_STRIDE), np.uint8
            )
            for row, i in zip(padded, batch, strict=True):
                row[:, : strips[i].shape[1]] = strips[i]
            for i, output in zip(batch, self._run(padded, network), strict=True):
                outputs[i] = output[: -(-strips[i].shape[1] // COLUMN_STRIDE)]
        return [outputs[i] for i in range(len(strips))]

    def _run(self, strips: npt.NDArray[np.uint8], network: int) -> npt.NDArray[np.float32]:
        selection = {"second": np.array(network > 0)} if self.n_networks > 1 else {}
        n, _, width = strips.shape
        shape = (n, width // COLUMN_STRIDE, len(self.characters) + 1)
        return self._session.run({"strips": strips, **selection}, shape)


def _batches_by_width(widths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the indices of strips of similar width, which need little padding."""
    batch: list[int] = []
    for i in sorted(range(len(widths)), key=widths.__getitem__):
        if batch and (len(batch) == _BATCH_SIZE or widths[i] > _MAX_WIDTH_RATIO * widths[batch[0]]):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def load_line_model(path: Path) -> LineModel:
    """Load a line model file.

    Raises
    ------
    ModelError
        If the file is not a line model.
    """
    remedy = "create the file with numerals train"
    session, metadata = open_session(path)
    if metadata.get("format") != LINE_FORMAT:
        raise ModelError(
            f"{path}: its metadata says format={metadata.get('format')!r}, "
            f"expected {LINE_FORMAT!r}; {remedy}"
        )
    characters = parse_names(path, metadata, "characters")
    slope, offset = _parse_calibration(path, metadata)
    inputs = [(name, dtype, len(shape)) for name, dtype, shape in session.inputs]
    if inputs not in ([_STRIPS_INPUT], [_STRIPS_INPUT, _SECOND_INPUT]):
        raise ModelError(
            f"{path}: has the inputs {session.inputs}, expected strips, uint8, "
            f"(n, {STRIP_HEIGHT}, width); {remedy}"
        )
    if session.n_columns != len(characters) + 1:
        raise ModelError(
            f"{path}: returns {session.n_columns} columns for {len(characters)} characters, "
            f"expected {len(characters) + 1}; {remedy}"
        )
    second = frozenset(characters)
    if "second_characters" in metadata:
        second &= set(parse_names(path, metadata, "second_characters"))
    return LineModel(characters, metadata["script"], (slope, offset), metadata, session, second)


def _parse_calibration(path: Path, metadata: dict[str, str]) -> tuple[float, float]:
    with reading_untrusted(path, ModelError):
        try:
            slope, offset = map(float, json.loads(metadata.get("number_calibration", "[1, 0]")))
        except (TypeError, ValueError, OverflowError) as error:
            raise ModelError(
                f"{path}: its number_calibration is invalid ({error}), expected two numbers"
            ) from error
    if not (isfinite(slope) and isfinite(offset)):
        raise ModelError(
            f"{path}: its number_calibration is {slope} and {offset}, expected two finite numbers"
        )
    return slope, offset


def line_model_path(script: str) -> Path | None:
    """Return the path of a script's active line model; None without one.

    The active model is the activated one, else the one that ships, else the one of an installed
    package.
    """
    if activated := activated_model_path(script, "lines"):
        return activated
    if script in SHIPPED_LINE_MODELS:
        return SHIPPED_FOLDER / SHIPPED_LINE_MODELS[script]
    return packaged_path(script, "lines")


def is_line_model(path: str | Path) -> bool:
    """Return whether the metadata of a file has the format of line models."""
    path = Path(path)
    if path.suffix != ".onnx" or not path.is_file():
        return False
    # The metadata is plain text at the end of the file, so the model need not be loaded.
    with reading_untrusted(path, ModelError), path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _METADATA_TAIL_BYTES))
        return LINE_FORMAT.encode() in stream.read(_METADATA_TAIL_BYTES)
