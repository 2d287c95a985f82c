"""Export the transformers of pixels to ONNX nodes, in 64-bit arithmetic."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto
from sklearn.decomposition import PCA

from numerals.classifiers.pixel_transformers import MAX_SLANT, DenoisePCA, Deskew, ScalePixels
from numerals.errors import ModelError
from numerals.networks.onnx_graph import Graph

_SINGLE, _DOUBLE, _INDEX = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64


def add_pixel_steps(
    graph: Graph, images: str, steps: Sequence[Any], image_shape: tuple[int, int]
) -> str:
    """Add the nodes of fitted transformers.

    Parameters
    ----------
    graph : Graph
    images : str
        Name of the digits, uint8 of shape (n, height, width).
    steps : sequence of transformer
        Steps of a pipeline, without passthrough ones and the classifier.
    image_shape : tuple of int
        Height and width, pixels.

    Returns
    -------
    str
        Name of the features, float64 of shape (n, n_features).

    Raises
    ------
    ModelError
        If a transformer is unsupported.
    """
    if steps and isinstance(steps[0], Deskew):
        images, steps = add_deskew(graph, images, image_shape), steps[1:]
    flat = graph.constant(np.array([0, image_shape[0] * image_shape[1]], np.int64))
    X = graph.add("Reshape", images, flat)
    if steps and isinstance(steps[0], ScalePixels):
        single = graph.add("Cast", X, to=_SINGLE)
        X, steps = graph.add("Div", single, graph.single(255)), steps[1:]
    X = graph.add("Cast", X, to=_DOUBLE)
    for step in steps:
        X = _add_projection(graph, X, step)
    return X


def add_deskew(graph: Graph, images: str, image_shape: tuple[int, int]) -> str:
    """Add the nodes of `Deskew` for uint8 images, and return the name of the result, uint8."""
    height, width = image_shape
    rows, columns = np.arange(height, dtype=np.float64), np.arange(width, dtype=np.float64)
    ink = graph.add("Cast", images, to=_DOUBLE)
    by_row = graph.add("ReduceSum", ink, graph.constant(np.array([2])), keepdims=0)
    by_column = graph.add("ReduceSum", ink, graph.constant(np.array([1])), keepdims=0)
    mass = graph.add("ReduceSum", by_row, graph.constant(np.array([1])), keepdims=0)
    mass = graph.add("Max", mass, graph.constant(np.float64(1e-12)))

    def mean(values: str, weights: np.ndarray) -> str:  # values: (n, n_weights) -> (n,)
        return graph.add("Div", graph.add("MatMul", values, graph.double(weights)), mass)

    center_y, center_x = mean(by_row, rows), mean(by_column, columns)
    product = mean(graph.add("MatMul", ink, graph.double(columns)), rows)
    mixed = graph.add("Sub", product, graph.add("Mul", center_x, center_y))
    squared = graph.add("Mul", center_y, center_y)
    spread = graph.add("Sub", mean(by_row, rows**2), squared)
    spread = graph.add("Max", spread, graph.constant(np.float64(1e-6)))
    limits = [graph.constant(np.float64(limit)) for limit in (-MAX_SLANT, MAX_SLANT)]
    slant = graph.add("Clip", graph.add("Div", mixed, spread), *limits)
    last = graph.constant(np.array([1]))
    slant, center_y = graph.add("Unsqueeze", slant, last), graph.add("Unsqueeze", center_y, last)
    distance = graph.add("Sub", graph.double(rows), center_y)  # (n, height)
    return _add_shifted(graph, ink, graph.add("Mul", slant, distance), width)


def _add_shifted(graph: Graph, ink: str, shift: str, width: int) -> str:
    """Add a shift of each row, with linear interpolation and 0 beyond the edges."""
    shift = graph.add("Unsqueeze", shift, graph.constant(np.array([2])))  # (n, height, 1)
    whole = graph.add("Floor", shift)
    share = graph.add("Sub", shift, whole)
    columns = graph.constant(np.arange(width))
    left = graph.add("Add", graph.add("Cast", whole, to=_INDEX), columns)  # (n, height, width)
    padded = graph.add("Pad", ink, graph.constant(np.array([0, 0, 1, 0, 0, 1])))
    lowest, highest = graph.constant(np.array(0)), graph.constant(np.array(width + 1))

    def pixels(offset: int) -> str:
        moved = graph.add("Add", left, graph.constant(np.array(offset)))
        return graph.add(
            "GatherElements", padded, graph.add("Clip", moved, lowest, highest), axis=2
        )

    rest = graph.add("Sub", graph.constant(np.float64(1)), share)
    first, second = graph.add("Mul", pixels(1), rest), graph.add("Mul", pixels(2), share)
    gray = graph.add("Round", graph.add("Add", first, second))
    return graph.add("Cast", gray, to=TensorProto.UINT8)


def _add_projection(graph: Graph, X: str, step: Any) -> str:
    match step:
        case PCA():
            return _add_pca(graph, X, step)
        case DenoisePCA():
            components, mean = step.pca_.components_, step.pca_.mean_
            projection = _add_pca(graph, X, step.pca_)
            denoised = graph.add("MatMul", projection, graph.double(components))
            return graph.add("Add", denoised, graph.double(mean))
    raise ModelError(f"{type(step).__name__} cannot be exported to ONNX; use the .skops file")


def _add_pca(graph: Graph, X: str, pca: PCA) -> str:
    centered = graph.add("Sub", X, graph.double(pca.mean_))
    projection = graph.add("MatMul", centered, graph.double(pca.components_.T))
    if not pca.whiten:
        return projection
    scale = np.sqrt(np.maximum(pca.explained_variance_, np.finfo(np.float32).eps))
    return graph.add("Div", projection, graph.double(scale))
