"""A digit model: one ONNX file that carries its metadata.

Input ``images``: uint8, shape (n, height, width), ink bright; a model that reads pictures takes
28x28, centred as MNIST does it.
Output ``probabilities``: float32, shape (n, n_classes) or (n, n_classes + 1); the last column of
the wider form is the probability that the picture is no digit at all.
Metadata (strings; JSON where it is a list or an object): ``format`` ("numerals-digit-1"),
``classes``, ``script``, ``name``, ``version``, ``training`` and what else its recipe records.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError, UnknownNameError
from numerals.models.in_use import model_in_use
from numerals.models.packages import packaged_path
from numerals.models.session import Session, names_of, open_session

FORMAT = "numerals-digit-1"
SHIPPED = {
    script: f"{script}-digit.onnx" for script in ("latin", "kannada", "bangla", "devanagari")
}
"""Script -> the model file that ships with the package."""

APART = {"persian": "numerals-persian"}
"""Script -> the package that has its model, which may not be used for every purpose."""

_FOLDER = Path(__file__).parent
_ROUNDING = 0.001  # how far beyond 0 and 1 a probability may lie
_MAX_SIDE = 1024  # pixels of a digit
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
    _session: Session = field(repr=False)

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
            self._run(images[start : start + _BATCH]) for start in range(0, len(images), _BATCH)
        ]
        n_classes = len(self.classes)
        if not parts:
            return np.zeros((0, n_classes), np.float32)
        return np.concatenate(parts)[:, :n_classes]

    def _run(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        n_columns = self._session.n_columns or len(self.classes)
        found = self._session.run({"images": images}, (len(images), n_columns))
        if not ((found > -_ROUNDING) & (found < 1 + _ROUNDING)).all():
            raise ModelError(f"{self._session.path}: gives numbers that are no probabilities")
        return found


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


def _checked(path: Path, session: Session, metadata: dict[str, str]) -> DigitModel:
    if metadata.get("format") != FORMAT:
        raise ModelError(
            f"{path}: its metadata says format={metadata.get('format')!r}, expected {FORMAT!r}; "
            "make the file with numerals train or numerals export"
        )
    classes = names_of(path, metadata, "classes")
    name, kind, shape = session.inputs[0] if session.inputs else ("", "", [])
    sizes = [size for size in shape[1:] if isinstance(size, int) and 0 < size <= _MAX_SIDE]
    if (
        len(session.inputs) != 1
        or (name, kind) != ("images", "tensor(uint8)")
        or len(sizes) != 2
        or len(shape) != 3
    ):
        raise ModelError(
            f"{path}: takes {session.inputs}, expected images, uint8, (n, height, width)"
        )
    if session.n_columns not in (len(classes), len(classes) + 1):
        raise ModelError(f"{path}: gives {session.n_columns} columns for {len(classes)} classes")
    return DigitModel(classes, metadata["script"], (sizes[0], sizes[1]), metadata, session)
