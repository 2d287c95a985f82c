"""Fitted estimators as models, and their files in the skops format, which needs no pickle."""

import re
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
from numerals.classifiers.training_history import History
from numerals.classifiers.tree_structure_check import check_trees
from numerals.errors import ModelError
from numerals.files import open_atomic
from numerals.models import Model, check_images, load_model
from numerals.models.digit_model import PROBABILITY_TOLERANCE
from numerals.records import Digits
from numerals.untrusted import reading_untrusted

ESTIMATOR_FORMAT = "numerals-estimator-1"
MAX_ESTIMATOR_BYTES = 2 * 2**30
"""Maximum size of a file, bytes. The maximum unpacked size is twice this."""
MAX_RATIO, MIN_UNPACKED = 50, 64 * 2**20
"""The unpacked size is limited to ``MAX_RATIO`` times the file size, plus ``MIN_UNPACKED`` bytes.
Our own files reach 12 times."""

# Types of scikit-learn's tree nodes. skops does not trust them by default, because indices out of
# range would crash; `check_trees` checks the indices.
_TREE_TYPES = (
    "sklearn.tree._tree.Tree",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
_BATCH_SIZE = 10_000  # images classified at a time; limits the memory of float copies


@dataclass(frozen=True, eq=False)
class EstimatorModel:
    """A fitted scikit-learn estimator with its classes and metadata.

    Attributes
    ----------
    estimator : estimator
        Fitted on X of shape (n_samples, height * width), uint8, with indices into `classes` as
        labels.
    classes : tuple of str
        Character of each column of `predict_proba`.
    script : str
        Such as ``"latin"``.
    image_shape : tuple of int
        Height and width of the images, pixels.
    metadata : dict of str to str
        Description of the training.
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
            Rows sum to 1; classes without training images have 0.

        Raises
        ------
        ValueError
            If `images` has another shape or dtype.
        ModelError
            If the estimator fails, or returns no probabilities.
        """
        check_images(images, self.image_shape)
        X = images.reshape(len(images), self.image_shape[0] * self.image_shape[1])
        proba = np.zeros((len(X), len(self.classes)), np.float32)
        for start in range(0, len(X), _BATCH_SIZE):
            batch = slice(start, start + _BATCH_SIZE)
            proba[batch, self.estimator.classes_] = self._predict_batch(X[batch])
        return proba

    def _predict_batch(self, X: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
        shape = (len(X), len(self.estimator.classes_))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # overflows: the result is checked below
                proba = np.asarray(self.estimator.predict_proba(X))
        except Exception as error:  # the state of a file can make scikit-learn raise any type
            detail = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise ModelError(
                f"the model {self.metadata.get('name', '')} fails in predict_proba ({detail}); "
                "train it again with numerals train"
            ) from error
        if (
            proba.shape != shape
            or not ((proba > -PROBABILITY_TOLERANCE) & (proba < 1 + PROBABILITY_TOLERANCE)).all()
        ):
            raise ModelError(
                f"the model returns {proba.dtype} {proba.shape}, or values below 0 or above 1; "
                f"expected probabilities of shape {shape}: train it again with numerals train"
            )
        return proba


def as_model(model: Any, digits: Digits) -> Model:
    """Return a model as it is, and a fitted scikit-learn classifier as a model.

    Parameters
    ----------
    model : Model or classifier
        A classifier must have been fitted to images or rows of pixels of the size of `digits`,
        with indices into ``digits.classes`` as labels.
    digits : Digits
        Its classes, script and image size become those of the model.

    Raises
    ------
    ModelError
        If the labels of the classifier are not such indices.
    """
    if not hasattr(model, "classes_"):
        converted: Model = model
        return converted
    labels = np.asarray(model.classes_)
    if labels.dtype.kind not in "iu" or not 0 <= labels.min() <= labels.max() < len(digits.classes):
        raise ModelError(
            f"the classifier knows the classes {labels[:20].tolist()}; expected indices of the "
            f"{len(digits.classes)} classes of {digits.name}: fit it with digits.y as labels"
        )
    metadata = {"name": _readable_name(model)}
    return EstimatorModel(model, digits.classes, digits.script, digits.image_shape, metadata)


def _readable_name(estimator: Any) -> str:
    """Return the name of a classifier's class as words, such as ``"Logistic Regression"``."""
    last = getattr(estimator, "_final_estimator", estimator)
    name = type(getattr(last, "estimator", last)).__name__.removesuffix("Classifier")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)


def save_model(model: EstimatorModel, path: str | Path) -> None:
    """Write a model with skops.

    Parameters
    ----------
    model : EstimatorModel
    path : str or Path
        The file, usually ``.skops``; written atomically.
    """
    import skops.io

    content = {
        "format": ESTIMATOR_FORMAT,
        "estimator": model.estimator,
        "classes": list(model.classes),
        "script": model.script,
        "image_shape": list(model.image_shape),
        "metadata": dict(model.metadata),
    }
    with open_atomic(Path(path)) as stream:
        skops.io.dump(content, stream, compression=zipfile.ZIP_DEFLATED, compresslevel=3)


def open_model(name: str | Path) -> Model:
    """Open a model of any format.

    Parameters
    ----------
    name : str or Path
        A script with a shipped model (``"latin"``), or the path of an ONNX or ``.skops`` file.

    Returns
    -------
    DigitModel or EstimatorModel

    Raises
    ------
    ModelError
        If the file is not a model of this package.
    UnknownNameError
        If `name` is neither a script nor a file.
    """
    return load_estimator(name) if Path(name).suffix == ".skops" else load_model(name)


def load_estimator(path: str | Path) -> EstimatorModel:
    """Load a model that `save_model` wrote.

    Only types that skops trusts, and estimators of scikit-learn and this package, are constructed.

    Raises
    ------
    ModelError
        If the file is missing, damaged or too large, or contains other types.
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    path = Path(path)
    _check_size(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # other scikit-learn version: it is in the metadata
            content = skops.io.load(path, trusted=[*_TREE_TYPES, *_own_types()])
    except UntrustedTypesFoundException as error:
        untrusted = str(error).splitlines()[0].partition(": ")[2]
        raise ModelError(
            f"{path}: contains {untrusted.rstrip('.')}, which numerals does not write; open only "
            "files of numerals train"
        ) from error
    except Exception as error:  # a damaged file makes skops raise many types
        raise ModelError(
            f"{path}: not a readable model ({error}); expected a file of numerals train"
        ) from error
    with reading_untrusted(path, ModelError):
        return _check_content(path, content)


def own_estimators() -> list[BaseEstimator]:
    """Return an instance of each estimator and transformer class that this package defines."""
    by_type: dict[type, BaseEstimator] = {
        type(step): step for step in (Deskew(), DenoisePCA(), ScalePixels())
    }
    for method in METHODS.values():
        estimator = method.make()
        for value in (estimator, *estimator.get_params().values()):
            if isinstance(value, BaseEstimator) and type(value).__module__.startswith("numerals."):
                by_type.setdefault(type(value), value)
    return list(by_type.values())


def _own_types() -> list[str]:
    types: list[type] = [History, *(type(estimator) for estimator in own_estimators())]
    return [f"{cls.__module__}.{cls.__qualname__}" for cls in types]


def _check_size(path: Path) -> None:
    if not path.is_file():
        raise ModelError(f"{path}: no such model file; expected a .skops file of numerals train")
    if path.stat().st_size > MAX_ESTIMATOR_BYTES:
        raise ModelError(
            f"{path}: larger than the limit of {MAX_ESTIMATOR_BYTES // 2**30} GiB; "
            "expected a file of numerals train"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except Exception as error:  # a damaged zip directory raises nearly any type
        raise ModelError(
            f"{path}: not a skops file ({error}); expected a file of numerals train"
        ) from error
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > min(2 * MAX_ESTIMATOR_BYTES, MAX_RATIO * path.stat().st_size + MIN_UNPACKED):
        raise ModelError(
            f"{path}: unpacks to {unpacked:,} bytes, more than the limit; expected a file of "
            "numerals train"
        )
    unknown = [e.filename for e in entries if e.filename != "schema.json" and not _is_array(e)]
    if unknown:
        raise ModelError(
            f"{path}: contains {unknown[0]!r}; expected only schema.json and .npy files, as "
            "numerals train writes them"
        )


def _is_array(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith(".npy")  # not .npz, whose unpacked size is unknown


def _n_features(estimator: Any) -> int:
    steps = [step for _, step in getattr(estimator, "steps", [("", estimator)])]
    return int(next(step for step in steps if step != "passthrough").n_features_in_)


def _check_content(path: Path, content: Any) -> EstimatorModel:
    """Return the model in the content of a file; raise ModelError if it is inconsistent."""
    if not isinstance(content, dict) or content.get("format") != ESTIMATOR_FORMAT:
        raise ModelError(
            f"{path}: not in the format {ESTIMATOR_FORMAT}; expected a file of numerals train"
        )
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
        raise ModelError(
            f"{path}: incomplete ({error!r}); expected a file of numerals train"
        ) from error
    height, width = model.image_shape
    if n_features != height * width or not 0 <= columns.min() <= columns.max() < len(model.classes):
        raise ModelError(
            f"{path}: has {n_features} features and labels {columns.tolist()}; expected "
            f"{height}x{width} pixels and indices of {len(model.classes)} classes"
        )
    check_trees(path, model.estimator)
    check_state(path, model.estimator)
    return model
