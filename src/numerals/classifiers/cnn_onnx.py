"""Export a fitted convolutional network to ONNX."""

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
    """Return an ONNX model of a fitted classifier, with 32-bit weights.

    Parameters
    ----------
    classifier : TutorialCNNClassifier or DigitCNNClassifier
        Fitted on uint8 images, or on floats from 0 to 255.
    image_shape : tuple of int
        Height and width of the model's input images, pixels.
    column_of_class : sequence of int, shape (n_classes,)
        Output column of each of ``classifier.classes_``.
    n_columns : int
        Number of output columns; those without a class are zero.
    metadata : mapping of str to str, optional
        Metadata of the model.

    Returns
    -------
    onnx.ModelProto
        ``images``, uint8 (n, height, width) -> ``probabilities``, float32 (n, n_columns).

    Raises
    ------
    ValueError
        If `image_shape` has another number of pixels than the images of `fit`, or if
        `column_of_class` does not have a distinct column for each class.
    """
    if int(np.prod(image_shape)) != classifier.n_features_in_:
        raise ValueError(
            f"image_shape={tuple(image_shape)} must have as many pixels as the images of fit, "
            f"{classifier.n_features_in_}; pass their height and width"
        )
    columns = np.asarray(column_of_class, np.int64)
    placement = np.zeros((len(classifier.classes_), n_columns), np.float32)
    if len(set(columns.tolist())) != len(placement) or columns.min() < 0:
        raise ValueError(
            f"column_of_class={columns.tolist()} must have a distinct column for each of the "
            f"{len(placement)} classes"
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
