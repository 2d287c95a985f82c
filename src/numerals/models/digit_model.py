"""A digit model: one ONNX file that carries its metadata.

Input ``images``: uint8, shape (n, height, width), ink bright; a model that reads pictures takes
28x28, centred as MNIST does it.
Output ``probabilities``: float32, shape (n, n_classes) or (n, n_classes + 1); the last column of
the wider form is the probability that the picture is no digit at all.
Metadata (strings; JSON where it is a list or an object): ``format`` ("numerals-digit-1"),
``classes``, ``script``, ``name``, ``version``, ``training`` and what else its recipe records.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError, UnknownNameError
from numerals.models.in_use import model_in_use
from numerals.models.packages import packaged_path
from numerals.models.session import open_session

FORMAT = "numerals-digit-1"
SHIPPED = {
    script: f"{script}-digit.onnx" for script in ("latin", "kannada", "bangla", "devanagari")
}
"""Script -> the model file that ships with the package."""

APART = {"persian": "numerals-persian"}
"""Script -> the package that has its model, which may not be used for every purpose."""

_FOLDER = Path(__file__).parent
_BATCH = 512  # images a run: bounds memory on a page with very many glyphs


@dataclass(frozen=True, eq=False)
class DigitModel:
    """A model that is ready to run; `load_model` makes one.

    Attributes
    ----------
    classes : tuple of str
        The character that each column of `predict_proba` stands for.
    script : str
        Such as ``"latin"``.
    image_shape : tuple of int
        Height and width, in pixels, of the digits that it takes.
    metadata : dict of str to str
        All that the file says of itself.
    """

    classes: tuple[str, ...]
    script: str
    image_shape: tuple[int, int]
    metadata: dict[str, str] = field(repr=False)
    _session: Any = field(repr=False)

    def predict_proba(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Classify digits.

        Parameters
        ----------
        images : ndarray of uint8, shape (n_images, height, width)
            Ink bright, of the model's `image_shape`.

        Returns
        -------
        ndarray of float32, shape (n_images, n_classes)
            Rows sum to 1, less the probability that the picture is no digit.

        Raises
        ------
        ValueError
            If `images` has another shape or dtype.
        """
        check_images(images, self.image_shape)
        parts = [
            self._session.run(None, {"images": images[start : start + _BATCH]})[0]
            for start in range(0, len(images), _BATCH)
        ]
        n_classes = len(self.classes)
        if not parts:
            return np.zeros((0, n_classes), np.float32)
        return np.concatenate(parts)[:, :n_classes]


def check_images(images: npt.NDArray[np.uint8], image_shape: tuple[int, int]) -> None:
    """Raise ValueError unless these are digits of that height and width, as uint8."""
    if images.ndim != 3 or images.shape[1:] != image_shape or images.dtype != np.uint8:
        expected = ", ".join(str(n) for n in image_shape)
        raise ValueError(
            f"images must be uint8 of shape (n, {expected}); got {images.dtype} {images.shape}"
        )


def model_path(name: str) -> Path:
    """Return where the model of a script, or the file of that name, is.

    Parameters
    ----------
    name : str
        A script with a model that was put to use, that ships, or that an installed package offers
        as an entry point ``numerals.models``; or a path to an ONNX file.

    Raises
    ------
    ModelError
        If the script's model is in a package that is not installed.
    UnknownNameError
        If `name` is neither a script nor a file.
    """
    if used := model_in_use(name, "digits"):
        return used
    if name in SHIPPED:
        return _FOLDER / SHIPPED[name]
    path = Path(name)
    if path.suffix == ".onnx" or path.exists():
        return path
    if packaged := packaged_path(name, "digits"):
        return packaged
    if name in APART:
        raise ModelError(
            f"the model for {name} is in a package of its own, as its training data is for "
            f"research and non-commercial use only: pip install {APART[name]} "
            f"(packages/{APART[name]} in the source)"
        )
    raise UnknownNameError("script or model file", name, {*SHIPPED, *APART})


def load_model(name: str | Path = "latin") -> DigitModel:
    """Load the model of a script, or any model file by its path.

    Parameters
    ----------
    name : str or Path, default="latin"
        A script, whose model in use is loaded (the shipped one, unless another was put to use),
        or a path to an ONNX file.

    Raises
    ------
    ModelError
        If the file is not a model of ours, or its package is not installed.
    UnknownNameError
        If `name` is neither a script nor a file.
    """
    path = model_path(str(name))
    return _checked(path, *open_session(path))


def _checked(path: Path, session: Any, metadata: dict[str, str]) -> DigitModel:
    if metadata.get("format") != FORMAT:
        raise ModelError(
            f"{path}: its metadata says format={metadata.get('format')!r}, expected {FORMAT!r}; "
            "make the file with numerals train or numerals export"
        )
    try:
        classes = tuple(str(c) for c in json.loads(metadata["classes"]))
        script = metadata["script"]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: its metadata lacks classes or script ({error})") from error
    inputs = [(i.name, i.type, i.shape) for i in session.get_inputs()]
    name, kind, shape = inputs[0]
    sizes = [size for size in shape[1:] if isinstance(size, int) and size > 0]
    if len(inputs) > 1 or (name, kind) != ("images", "tensor(uint8)") or len(sizes) != 2:
        raise ModelError(f"{path}: takes {inputs}, expected images, uint8, (n, height, width)")
    width = session.get_outputs()[0].shape[-1]
    if width not in (len(classes), len(classes) + 1):
        raise ModelError(f"{path}: gives {width} columns for {len(classes)} classes")
    return DigitModel(classes, script, (sizes[0], sizes[1]), metadata, session)
