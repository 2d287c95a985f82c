"""A fitted estimator -> ONNX, accepted once it gives the same probabilities."""

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
from numerals.classifiers.neighbors import NeighborsClassifier
from numerals.classifiers.neighbors_onnx import add_neighbors
from numerals.classifiers.pixel_transformers_onnx import add_pixel_steps
from numerals.classifiers.trees_onnx import add_trees
from numerals.errors import ModelError
from numerals.files import partial_file
from numerals.models import FORMAT, load_model
from numerals.networks.onnx_graph import Graph

N_CHECKED = 500
"""On how many images the commands compare."""

TOLERANCE = 1e-4
"""Largest difference of a probability with which an ONNX file is accepted."""

_TIE = 1e-6  # two classes whose probabilities differ by less are one answer in 32-bit arithmetic
_TREES = (
    DecisionTreeClassifier,
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)


@dataclass(frozen=True)
class Parity:
    """How an ONNX file compares with the estimator that it was made from.

    Attributes
    ----------
    n_images : int
        On how many images.
    n_disagreements : int
        Images with another answer; ties within 0.000001 are none.
    max_difference : float in [0, 1]
        Largest difference of a probability.
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
    """Write a model as ONNX, in the format that `numerals.models.load_model` opens.

    Parameters
    ----------
    model : EstimatorModel
    path : str or Path
        The file; it stays as it was unless the new one is accepted.
    check_images : ndarray of uint8, shape (n_images, height, width)
        Digits on which both are compared; a few hundred.

    Returns
    -------
    Parity

    Raises
    ------
    ModelError
        If the model has a part that cannot be written as ONNX, or an answer or a probability
        differs.
    """
    return write_checked(model_to_onnx(model), model, path, check_images)


def model_to_onnx(model: EstimatorModel) -> onnx.ModelProto:
    """Write what a model computes as a graph, with its metadata.

    Raises
    ------
    ModelError
        If it has a part that cannot be written as ONNX.
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
    helper.set_model_props(proto, model.metadata | {"format": FORMAT})
    return proto


def write_checked(
    proto: onnx.ModelProto,
    model: EstimatorModel,
    path: str | Path,
    check_images: npt.NDArray[np.uint8],
) -> Parity:
    """Write an ONNX file if it gives what the model gives.

    Raises
    ------
    ModelError
        If it does not; nothing is written then.
    """
    path = Path(path)
    with partial_file(path) as partial:
        onnx.save(proto, str(partial), format="protobuf")
        parity = compare(model, partial, check_images)
        if parity.n_disagreements or not parity.max_difference <= TOLERANCE:
            raise ModelError(
                f"{path}: not written, as ONNX gives {parity.n_disagreements} other answers on "
                f"{parity.n_images} images and probabilities that differ by up to "
                f"{parity.max_difference:.1e}, where {TOLERANCE:.0e} is allowed; keep the .skops "
                "file"
            )
    return parity


def compare(model: EstimatorModel, path: Path, check_images: npt.NDArray[np.uint8]) -> Parity:
    """Compare a model with an ONNX file of it."""
    expected = model.predict_proba(check_images)
    found = load_model(path).predict_proba(check_images)
    rows = np.arange(len(expected))
    lead = expected.max(axis=1) - expected[rows, found.argmax(axis=1)]
    difference = float(np.abs(expected - found).max(initial=0.0))
    return Parity(len(expected), int((lead > _TIE).sum()), difference)


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
    placement = np.eye(n_columns)[classes]  # a column for classes that were not learned, too
    graph.add("MatMul", proba, graph.single(placement), output="probabilities")
    return graph.model(image_shape, n_columns, {})


def _add_classifier(graph: Graph, X: str, classifier: Any) -> str:
    if isinstance(classifier, _TREES):
        return add_trees(graph, X, classifier)
    if isinstance(classifier, NeighborsClassifier):
        return add_neighbors(graph, X, classifier)
    if isinstance(classifier, DeformationClassifier):
        raise ModelError(
            f"{type(classifier).__name__} searches for the best deformation, which ONNX has no "
            "nodes for; its model is kept as .skops only"
        )
    return add_linear(graph, X, classifier)
