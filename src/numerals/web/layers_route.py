"""``GET /v1/layers``: the networks of a digit model, which the page runs to show its layers."""

import base64
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Query, Request

from numerals.errors import MissingExtraError, ModelError
from numerals.models import model_path
from numerals.models.digit_layers import Layer, Weights, read_networks
from numerals.web.explain_routes import describe_missing_data
from numerals.web.local_data_sets import load_index_class
from numerals.web.state import State, state_of
from numerals.web.work_queue import ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["explain"])


@ROUTES.get("/layers", summary="Return the layers of a digit model with their weights")
async def layers(
    request: Request, script: Annotated[str, Query(max_length=40)] = "latin"
) -> dict[str, Any]:
    """Return the networks of a script's digit model.

    The probabilities of the model are the mean of those of its networks. A network multiplies the
    pixels by ``input_scale`` and passes them through its layers; the softmax of the last outputs,
    divided by ``temperature``, are its probabilities, with "no digit" after the classes. Weights
    are base64 of little-endian numbers, 1.5 MB in all for the shipped latin model.
    ``neighbours_note`` says why there are no similar digits of the script, if there are none.
    """
    return await ticket_of(request).run(_describe_model, state_of(request), script)


def _describe_model(state: State, script: str) -> dict[str, Any]:
    model = state.readers.digit_model(script)
    path = model_path(script)
    try:
        networks = read_networks(path)
    except ModelError as error:  # without the folders of this machine
        raise error.with_message(str(error).replace(str(path), path.name)) from error
    return {
        "name": model.metadata.get("name", ""),
        "version": model.metadata.get("version", ""),
        "script": model.script,
        "classes": list(model.classes),
        "image_shape": list(model.image_shape),
        "neighbours_note": _describe_missing_neighbours(state, script),
        "networks": [
            {
                "input_scale": network.input_scale,
                "temperature": network.temperature,
                "layers": [_describe_layer(layer) for layer in network.layers],
            }
            for network in networks
        ],
    }


def _describe_missing_neighbours(state: State, script: str) -> str:
    """Return why ``POST /v1/similar`` finds no digits of a script; empty if it finds them."""
    if not any(each.script == script for each in state.data_sets.available()):
        return describe_missing_data(script)
    try:
        load_index_class()
    except MissingExtraError as error:
        return str(error)
    return ""


def _describe_layer(layer: Layer) -> dict[str, Any]:
    description: dict[str, Any] = {"kind": layer.kind}
    if layer.kind == "convolution":
        description["padding"] = layer.padding
    if layer.weight and layer.bias:
        description |= {"weight": _encode(layer.weight), "bias": _encode(layer.bias)}
    return description


def _encode(weights: Weights) -> dict[str, Any]:
    values = weights.values
    encoded: dict[str, Any] = {"shape": list(values.shape), "dtype": values.dtype.name}
    encoded["data"] = _base64(values)
    if weights.scale is not None:
        encoded["scale"] = _base64(weights.scale)
    return encoded


def _base64(values: npt.NDArray[Any]) -> str:
    little_endian = values.astype(values.dtype.newbyteorder("<"), copy=False)
    return base64.b64encode(np.ascontiguousarray(little_endian).tobytes()).decode("ascii")
