"""A fitted network -> ONNX that gives the same probabilities."""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from onnx import TensorProto

from numerals.classifiers.cnn_base import CNNClassifier
from numerals.networks.onnx_graph import Graph
from numerals.networks.to_onnx import add_network


def cnn_to_onnx(
    classifier: CNNClassifier,
    image_shape: tuple[int, int],
    column_of_class: Sequence[int],
    n_columns: int,
    metadata: Mapping[str, str] | None = None,
) -> onnx.ModelProto:
    """Write what a fitted classifier computes as a graph, with weights in full precision.

    Parameters
    ----------
    classifier : TutorialCNNClassifier or DigitCNNClassifier
        Fitted, on uint8 images or on floats of the same range, 0 to 255.
    image_shape : tuple of int
        Height and width, in pixels, of the images that the model is to take.
    column_of_class : sequence of int, shape (n_classes,)
        The output's column for each of ``classifier.classes_``.
    n_columns : int
        How many columns the output has; those of no class are zero.
    metadata : mapping of str to str, optional
        Goes into the file.

    Returns
    -------
    onnx.ModelProto
        ``images``, uint8 (n, height, width) -> ``probabilities``, float32 (n, n_columns).

    Raises
    ------
    ValueError
        If the images have another number of pixels than those of `fit`, or the columns do not
        fit the classes.
    """
    if int(np.prod(image_shape)) != classifier.n_features_in_:
        raise ValueError(
            f"image_shape={tuple(image_shape)} must have as many pixels as the images of fit, "
            f"{classifier.n_features_in_}"
        )
    columns = np.asarray(column_of_class, np.int64)
    placement = np.zeros((len(classifier.classes_), n_columns), np.float32)
    if len(set(columns.tolist())) != len(placement) or columns.min() < 0:
        raise ValueError(
            f"column_of_class={columns.tolist()} must give each of the {len(placement)} classes "
            "a column of its own"
        )
    placement[np.arange(len(placement)), columns] = 1
    graph = Graph()
    scaled = graph.add("Cast", "images", to=TensorProto.FLOAT)
    scaled = graph.add("Mul", scaled, graph.constant(np.float32(1 / classifier.scale_)))
    shape = np.array([-1, 1, *classifier.image_shape_], np.int64)
    pixels = graph.add("Reshape", scaled, graph.constant(shape))
    logits = add_network(graph, pixels, classifier.to_module(), graph.single)
    proba = graph.add("Softmax", logits, axis=1)
    graph.add("MatMul", proba, graph.constant(placement), output="probabilities")
    return graph.model(image_shape, n_columns, metadata or {})
