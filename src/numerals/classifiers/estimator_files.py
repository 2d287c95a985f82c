"""A fitted estimator with what belongs to it, and the file that keeps it: skops, never pickle."""

import warnings
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator

from numerals.classifiers import METHODS
from numerals.classifiers.estimator_state_check import check_state
from numerals.classifiers.pixel_transformers import DenoisePCA, Deskew, ScalePixels
from numerals.classifiers.tree_structure_check import check_trees
from numerals.errors import ModelError
from numerals.files import open_for_replace
from numerals.models import Model, check_images, load_model
from numerals.untrusted import reading_untrusted

FORMAT = "numerals-estimator-1"
MAX_BYTES = 2 * 2**30
"""A file that is larger, or says it unpacks to more than twice this, is refused."""
MAX_RATIO, MIN_UNPACKED = 50, 64 * 2**20
"""It may unpack to so many times its size and so many bytes more; ours come to 12 times."""

# What scikit-learn's trees keep their nodes in. skops leaves it to us to trust them, since indices
# out of range would crash; `check_trees` looks at each.
_TREES = (
    "sklearn.tree._tree.Tree",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
_ROUNDING = 0.001  # how far beyond 0 and 1 a probability may lie
_BATCH = 10_000  # images at a time: bounds what scaling them to floats takes


@dataclass(frozen=True, eq=False)
class EstimatorModel:
    """A fitted scikit-learn estimator as a model.

    Attributes
    ----------
    estimator : estimator
        Fitted on X of shape (n_samples, height * width), uint8, with indices into `classes` as
        labels.
    classes : tuple of str
        The character that each column of `predict_proba` stands for.
    script : str
        Such as ``"latin"``.
    image_shape : tuple of int
        Height and width, in pixels, of the digits that it takes.
    metadata : dict of str to str
        How it was made.
    """

    estimator: Any
    classes: tuple[str, ...]
    script: str
    image_shape: tuple[int, int]
    metadata: dict[str, str] = field(repr=False)

    def predict_proba(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Classify digits.

        Parameters
        ----------
        images : ndarray of uint8, shape (n_images, height, width)
            Ink bright, of the model's `image_shape`.

        Returns
        -------
        ndarray of float32, shape (n_images, n_classes)
            Rows sum to 1; classes that were not in the training data have 0.

        Raises
        ------
        ValueError
            If `images` has another shape or dtype.
        ModelError
            If the estimator cannot be run.
        """
        check_images(images, self.image_shape)
        X = images.reshape(len(images), self.image_shape[0] * self.image_shape[1])
        proba = np.zeros((len(X), len(self.classes)), np.float32)
        for start in range(0, len(X), _BATCH):
            part = slice(start, start + _BATCH)
            proba[part, self.estimator.classes_] = self._predict_part(X[part])
        return proba

    def _predict_part(self, X: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
        shape = (len(X), len(self.estimator.classes_))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of numbers that overflow: the result is looked at
                found = np.asarray(self.estimator.predict_proba(X))
        except Exception as error:  # what a file holds can make scikit-learn raise any kind
            detail = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise ModelError(
                f"the model {self.metadata.get('name', '')} fails when it runs ({detail}); make it "
                "anew with numerals train"
            ) from error
        if found.shape != shape or not ((found > -_ROUNDING) & (found < 1 + _ROUNDING)).all():
            raise ModelError(
                f"the model gives {found.dtype} {found.shape}, or values below 0 or above 1; "
                f"expected probabilities of shape {shape}: make it anew with numerals train"
            )
        return found


def save_model(model: EstimatorModel, path: str | Path) -> None:
    """Write a model with skops.

    Parameters
    ----------
    model : EstimatorModel
    path : str or Path
        The file, usually ``.skops``; replaced whole or not at all.
    """
    import skops.io

    content = {
        "format": FORMAT,
        "estimator": model.estimator,
        "classes": list(model.classes),
        "script": model.script,
        "image_shape": list(model.image_shape),
        "metadata": dict(model.metadata),
    }
    with open_for_replace(Path(path)) as stream:
        skops.io.dump(content, stream, compression=zipfile.ZIP_DEFLATED, compresslevel=3)


def open_model(name: str | Path) -> Model:
    """Open any model.

    Parameters
    ----------
    name : str or Path
        A script with a shipped model (``"latin"``), an ONNX file, or a ``.skops`` file.

    Returns
    -------
    DigitModel or EstimatorModel

    Raises
    ------
    ModelError
        If the file is not a model of ours; the message says what is in it.
    UnknownNameError
        If `name` is neither a script nor a file.
    """
    return load_estimator(name) if Path(name).suffix == ".skops" else load_model(name)


def load_estimator(path: str | Path) -> EstimatorModel:
    """Load a model that `save_model` wrote.

    Nothing is imported or built but what skops, scikit-learn's estimators and those of this
    package need.

    Raises
    ------
    ModelError
        If there is no such file, or it is damaged, too large, or has anything else in it.
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    path = Path(path)
    _check_size(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # another version of scikit-learn: metadata tells it
            content = skops.io.load(path, trusted=[*_TREES, *_own_types()])
    except UntrustedTypesFoundException as error:
        found = str(error).splitlines()[0].partition(": ")[2]
        raise ModelError(
            f"{path}: has in it {found.rstrip('.')}, which numerals does not make; open only what "
            "numerals train wrote"
        ) from error
    except Exception as error:  # a damaged file makes skops raise many kinds
        raise ModelError(f"{path}: not a model that can be opened ({error})") from error
    with reading_untrusted(path, ModelError):
        return _checked(path, content)


def own_estimators() -> list[BaseEstimator]:
    """Return one of each estimator and transformer of this package that its methods are made of."""
    found: dict[type, BaseEstimator] = {
        type(part): part for part in (Deskew(), DenoisePCA(), ScalePixels())
    }
    for method in METHODS.values():
        estimator = method.make()
        for part in (estimator, *estimator.get_params().values()):
            if isinstance(part, BaseEstimator) and type(part).__module__.startswith("numerals."):
                found.setdefault(type(part), part)
    return list(found.values())


def _own_types() -> list[str]:
    kinds = [type(part) for part in own_estimators()]
    return [f"{kind.__module__}.{kind.__qualname__}" for kind in kinds]


def _check_size(path: Path) -> None:
    if not path.is_file():
        raise ModelError(f"{path}: no such model file; name a .skops file that numerals made")
    if path.stat().st_size > MAX_BYTES:
        raise ModelError(f"{path}: larger than {MAX_BYTES // 2**30} GiB, so not a model of ours")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except Exception as error:  # nearly any kind, of a damaged directory of files
        raise ModelError(f"{path}: not a skops file ({error})") from error
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > min(2 * MAX_BYTES, MAX_RATIO * path.stat().st_size + MIN_UNPACKED):
        raise ModelError(f"{path}: unpacks to {unpacked:,} bytes, so not a model of ours")
    strange = [e.filename for e in entries if e.filename != "schema.json" and not _is_array(e)]
    if strange:
        raise ModelError(f"{path}: has in it {strange[0]!r}, which numerals does not write")


def _is_array(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith(".npy")  # no .npz, which may unpack to any size in turn


def _n_features(estimator: Any) -> int:
    steps = [step for _, step in getattr(estimator, "steps", [("", estimator)])]
    return int(next(step for step in steps if step != "passthrough").n_features_in_)


def _checked(path: Path, content: Any) -> EstimatorModel:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ModelError(f"{path}: not of the format {FORMAT}; make it with numerals train")
    try:
        model = EstimatorModel(
            content["estimator"],
            tuple(str(name) for name in content["classes"]),
            str(content["script"]),
            (int(content["image_shape"][0]), int(content["image_shape"][1])),
            {str(key): str(value) for key, value in content["metadata"].items()},
        )
        columns = np.asarray(model.estimator.classes_, np.int64)
        n_features = _n_features(model.estimator)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: incomplete ({error!r}); make it with numerals train") from error
    height, width = model.image_shape
    if n_features != height * width or not 0 <= columns.min() <= columns.max() < len(model.classes):
        raise ModelError(
            f"{path}: takes {n_features} pixels and gives labels {columns.tolist()}; expected "
            f"{height}x{width} pixels and indices of {len(model.classes)} classes"
        )
    check_trees(path, model.estimator)
    check_state(path, model.estimator)
    return model
