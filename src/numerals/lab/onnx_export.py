"""Export a fitted estimator to ONNX and check that the probabilities are equal."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.tree import DecisionTreeClassifier

from numerals.classifiers.cnn_base import CNNClassifier
from numerals.classifiers.deformation_base import DeformationClassifier
from numerals.classifiers.estimator_files import EstimatorModel
from numerals.classifiers.linear_onnx import add_linear
from numerals.classifiers.mlp import PixelMLPClassifier
from numerals.classifiers.mlp_onnx import add_mlp
from numerals.classifiers.neighbors import NeighborsClassifier
from numerals.classifiers.neighbors_onnx import add_neighbors
from numerals.classifiers.pixel_transformers_onnx import add_pixel_steps
from numerals.classifiers.trees_onnx import add_trees
from numerals.errors import ModelError
from numerals.files import atomic_file
from numerals.models import DIGIT_FORMAT, load_model
from numerals.networks.onnx_graph import Graph

N_PARITY_IMAGES = 500
"""Number of images on which the commands compare probabilities."""

PARITY_TOLERANCE = 1e-4
"""Maximum difference of a probability for which an ONNX file is accepted."""

_TIE_TOLERANCE = 1e-6  # smaller differences between two classes are rounding errors of float32
_TREES = (
    DecisionTreeClassifier,
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)


@dataclass(frozen=True)
class Parity:
    """Comparison of an ONNX file with the estimator that it was exported from.

    Attributes
    ----------
    n_images : int
        Number of images compared.
    n_disagreements : int
        Number of images whose predicted class differs, except for ties within 1e-6.
    max_difference : float in [0, 1]
        Maximum absolute difference of a probability.
    """

    n_images: int
    n_disagreements: int
    max_difference: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return asdict(self)


def export_model(
    model: EstimatorModel, path: str | Path, check_images: npt.NDArray[np.uint8]
) -> Parity:
    """Write a model to an ONNX file that `numerals.models.load_model` opens.

    Parameters
    ----------
    model : EstimatorModel
    path : str or Path
        The ONNX file; an existing file is replaced only if the new one is accepted.
    check_images : ndarray of uint8, shape (n_images, height, width)
        Digits on which the probabilities are compared; a few hundred.

    Returns
    -------
    Parity

    Raises
    ------
    ModelError
        If a step of the model has no ONNX form, or a predicted class or a probability differs.
    """
    return write_verified_onnx(model_to_onnx(model), model, path, check_images)


def model_to_onnx(model: EstimatorModel) -> onnx.ModelProto:
    """Return a model as an ONNX graph with its metadata.

    Raises
    ------
    ModelError
        If a step of the model has no ONNX form.
    """
    classes, n_columns = model.estimator.classes_.tolist(), len(model.classes)
    *steps, classifier = [
        step
        for _, step in getattr(model.estimator, "steps", [("", model.estimator)])
        if step != "passthrough"
    ]
    if isinstance(classifier, CNNClassifier):
        from numerals.classifiers.cnn_onnx import cnn_to_onnx

        proto = cnn_to_onnx(classifier, model.image_shape, classes, n_columns)
    else:
        proto = _steps_to_onnx(steps, classifier, model.image_shape, classes, n_columns)
    helper.set_model_props(proto, model.metadata | {"format": DIGIT_FORMAT})
    return proto


def write_verified_onnx(
    proto: onnx.ModelProto,
    model: EstimatorModel,
    path: str | Path,
    check_images: npt.NDArray[np.uint8],
) -> Parity:
    """Write an ONNX file if its probabilities equal the model's.

    Parameters
    ----------
    proto : onnx.ModelProto
        As `model_to_onnx` returns it.
    model : EstimatorModel
    path : str or Path
        The ONNX file.
    check_images : ndarray of uint8, shape (n_images, height, width)
        Images on which the probabilities are compared.

    Raises
    ------
    ModelError
        If a predicted class or a probability differs; then no file is written.
    """
    path = Path(path)
    with atomic_file(path) as partial:
        onnx.save(proto, str(partial), format="protobuf")
        parity = check_parity(model, partial, check_images)
        if parity.n_disagreements or not parity.max_difference <= PARITY_TOLERANCE:
            raise ModelError(
                f"{path}: not written, because {parity.n_disagreements} of {parity.n_images} "
                "predictions of the ONNX model differ and its probabilities differ by up to "
                f"{parity.max_difference:.1e}, where {PARITY_TOLERANCE:.0e} is allowed; use "
                "the .skops file"
            )
    return parity


def check_parity(model: EstimatorModel, path: Path, check_images: npt.NDArray[np.uint8]) -> Parity:
    """Compare the probabilities of a model with those of an ONNX file of it."""
    expected = model.predict_proba(check_images)
    actual = load_model(path).predict_proba(check_images)
    rows = np.arange(len(expected))
    margin = expected.max(axis=1) - expected[rows, actual.argmax(axis=1)]
    difference = float(np.abs(expected - actual).max(initial=0.0))
    return Parity(len(expected), int((margin > _TIE_TOLERANCE).sum()), difference)


def _steps_to_onnx(
    steps: list[Any],
    classifier: Any,
    image_shape: tuple[int, int],
    classes: list[int],
    n_columns: int,
) -> onnx.ModelProto:
    graph = Graph()
    X = add_pixel_steps(graph, "images", steps, image_shape)
    proba = graph.add("Cast", _add_classifier(graph, X, classifier), to=TensorProto.FLOAT)
    placement = np.eye(n_columns)[classes]  # adds columns of 0 for classes that were not learned
    graph.add("MatMul", proba, graph.single(placement), output="probabilities")
    return graph.model(image_shape, n_columns, {})


def _add_classifier(graph: Graph, X: str, classifier: Any) -> str:
    if isinstance(classifier, _TREES):
        return add_trees(graph, X, classifier)
    if isinstance(classifier, NeighborsClassifier):
        return add_neighbors(graph, X, classifier)
    if isinstance(classifier, PixelMLPClassifier):
        return add_mlp(graph, X, classifier)
    if isinstance(classifier, DeformationClassifier):
        raise ModelError(
            f"{type(classifier).__name__} searches for the best deformation, which ONNX has no "
            "operators for; use the .skops file"
        )
    return add_linear(graph, X, classifier)
