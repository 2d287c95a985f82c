"""Digit models: ONNX files that classify single digits and contain their own metadata.

Input ``images``: uint8, shape (n, height, width), ink bright. Models for reading pictures take
28x28 pixels, centered like MNIST's digits.
Output ``probabilities``: float32, shape (n, n_classes) or (n, n_classes + 1). The extra column is
the probability that the picture is not a digit.
Metadata (strings; JSON for lists and objects): ``format`` ("numerals-digit-1"), ``classes``,
``script``, ``name``, ``version``, ``training``, and further entries of the recipe.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError, UnknownNameError
from numerals.models.activated_models import activated_model_path
from numerals.models.onnx_session import Session, open_session, parse_names
from numerals.models.packaged_models import SHIPPED_FOLDER, packaged_path

DIGIT_FORMAT = "numerals-digit-1"
SHIPPED_DIGIT_MODELS = {
    script: f"{script}-digit.onnx" for script in ("latin", "kannada", "bangla", "devanagari")
}
"""Script -> file name of the digit model that ships with the package."""

SEPARATELY_PACKAGED_MODELS = {"persian": "numerals-persian"}
"""Script -> the package of its model, whose training data restricts its use."""

PROBABILITY_TOLERANCE = 1e-3
"""Distance that rounding may put a probability outside of [0, 1]."""

_MAX_SIDE = 1024  # maximum height and width of a digit, pixels
_BATCH_SIZE = 512  # images per run; bounds the memory for pages with many glyphs


@dataclass(frozen=True, eq=False)
class DigitModel:
    """A loaded digit model; `load_model` creates it.

    Attributes
    ----------
    classes : tuple of str
        The character of each column of `predict_proba`.
    script : str
        Such as ``"latin"``.
    image_shape : tuple of int
        Height and width of the input images, pixels.
    metadata : dict of str to str
        The metadata of the model file.
    """

    classes: tuple[str, ...]
    script: str
    image_shape: tuple[int, int]
    metadata: dict[str, str] = field(repr=False)
    _session: Session = field(repr=False)

    def predict_proba(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return class probabilities for digits.

        Parameters
        ----------
        images : ndarray of uint8, shape (n_images, height, width)
            Ink bright; height and width as in `image_shape`.

        Returns
        -------
        ndarray of float32, shape (n_images, n_classes)
            A row sums to 1 minus the probability that the picture is not a digit.

        Raises
        ------
        ModelError
            If the model fails, or returns values that are not probabilities.
        ValueError
            If `images` has another shape or dtype.
        """
        check_images(images, self.image_shape)
        batches = [
            self._run(images[start : start + _BATCH_SIZE])
            for start in range(0, len(images), _BATCH_SIZE)
        ]
        n_classes = len(self.classes)
        if not batches:
            return np.zeros((0, n_classes), np.float32)
        return np.concatenate(batches)[:, :n_classes]

    def _run(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        n_columns = self._session.n_columns or len(self.classes)
        proba = self._session.run({"images": images}, (len(images), n_columns))
        low, high = -PROBABILITY_TOLERANCE, 1 + PROBABILITY_TOLERANCE
        if not ((proba > low) & (proba < high)).all():
            raise ModelError(
                f"{self._session.path}: returns values outside of [0, 1], expected probabilities; "
                "export the model again"
            )
        return proba


def check_images(images: npt.NDArray[np.uint8], image_shape: tuple[int, int]) -> None:
    """Raise ValueError unless `images` is a stack of uint8 images of the given height and width."""
    if images.ndim != 3 or images.shape[1:] != image_shape or images.dtype != np.uint8:
        expected = ", ".join(str(n) for n in image_shape)
        raise ValueError(
            f"images must be uint8 of shape (n, {expected}); got {images.dtype} {images.shape}"
        )


def model_path(name: str) -> Path:
    """Return the path of a script's active digit model, or of a model file.

    Parameters
    ----------
    name : str
        A script or a path to an ONNX file. A script's model is the activated one, else the one
        that ships, else the entry point ``numerals.models`` of an installed package.

    Raises
    ------
    ModelError
        If the script's model is in a package that is not installed, or the activated model is
        missing.
    UnknownNameError
        If `name` is neither a script nor a file.
    """
    if activated := activated_model_path(name, "digits"):
        return activated
    if name in SHIPPED_DIGIT_MODELS:
        return SHIPPED_FOLDER / SHIPPED_DIGIT_MODELS[name]
    path = Path(name)
    if path.suffix == ".onnx" or path.exists():
        return path
    if packaged := packaged_path(name, "digits"):
        return packaged
    if package := SEPARATELY_PACKAGED_MODELS.get(name):
        raise ModelError(
            f"the model for {name} is in a separate package, because its training data is for "
            f"research and non-commercial use only: pip install {package} "
            f"(packages/{package} in the source)"
        )
    raise UnknownNameError(
        "script or model file", name, {*SHIPPED_DIGIT_MODELS, *SEPARATELY_PACKAGED_MODELS}
    )


def load_model(name: str | Path = "latin") -> DigitModel:
    """Load the active digit model of a script, or a digit model file.

    Parameters
    ----------
    name : str or Path, default="latin"
        A script or a path to an ONNX file; see `model_path`.

    Raises
    ------
    ModelError
        If the file is not a digit model, or its package is not installed.
    UnknownNameError
        If `name` is neither a script nor a file.
    """
    path = model_path(str(name))
    return _validate(path, *open_session(path))


def _validate(path: Path, session: Session, metadata: dict[str, str]) -> DigitModel:
    """Return the model of a session; raise ModelError if metadata, input or output are wrong."""
    remedy = "create the file with numerals train or numerals export"
    if metadata.get("format") != DIGIT_FORMAT:
        raise ModelError(
            f"{path}: its metadata says format={metadata.get('format')!r}, "
            f"expected {DIGIT_FORMAT!r}; {remedy}"
        )
    classes = parse_names(path, metadata, "classes")
    name, dtype, shape = session.inputs[0] if session.inputs else ("", "", [])
    sizes = [size for size in shape[1:] if isinstance(size, int) and 0 < size <= _MAX_SIDE]
    if (
        len(session.inputs) != 1
        or (name, dtype) != ("images", "tensor(uint8)")
        or len(sizes) != 2
        or len(shape) != 3
    ):
        raise ModelError(
            f"{path}: has the inputs {session.inputs}, expected images, uint8, "
            f"(n, height, width); {remedy}"
        )
    if session.n_columns not in (len(classes), len(classes) + 1):
        raise ModelError(
            f"{path}: returns {session.n_columns} columns for {len(classes)} classes, expected "
            f"{len(classes)} or {len(classes) + 1}; {remedy}"
        )
    return DigitModel(classes, metadata["script"], (sizes[0], sizes[1]), metadata, session)
