"""GET /v1/layers: the networks of a digit model for the page."""

import base64
import sys
from types import ModuleType

import numpy as np
import pytest
from served import digit_rows, failure_of

from numerals.models import line_model_path, model_path
from numerals.models.digit_layers import read_networks


@pytest.fixture(scope="module")
def client(serve):
    return serve()


def decode(weights):
    values = np.frombuffer(base64.b64decode(weights["data"]), weights["dtype"])
    values = values.reshape(weights["shape"]).astype(np.float32)
    if "scale" in weights:
        scale = np.frombuffer(base64.b64decode(weights["scale"]), np.float32)
        values *= scale.reshape(-1, *[1] * (values.ndim - 1))
    return values


@pytest.mark.parametrize("script", ["latin", "kannada"])  # float16; int8 with scales
def test_weights_are_those_of_the_model(client, script):
    answer = client.get("/v1/layers", params={"script": script}).json()
    assert (answer["name"], answer["script"]) == (f"{script}-digit", script)
    assert (len(answer["classes"]), answer["image_shape"]) == (10, [28, 28])
    networks = read_networks(model_path(script))
    assert len(answer["networks"]) == len(networks)
    for described, network in zip(answer["networks"], networks, strict=True):
        assert described["temperature"] == network.temperature
        for layer, expected in zip(described["layers"], network.layers, strict=True):
            assert layer["kind"] == expected.kind
            for name in ("weight", "bias"):
                if weights := getattr(expected, name):
                    np.testing.assert_array_equal(decode(layer[name]), weights.to_float())


@pytest.mark.parametrize("script", ["klingon", "auto", "../latin"])
def test_unknown_scripts_are_reported(client, script):
    answer = client.get("/v1/layers", params={"script": script})
    assert f"unknown script '{script}'" in failure_of(answer, 422)


def test_model_of_another_design_is_reported_without_its_folder(client, monkeypatch):
    monkeypatch.setattr("numerals.web.layers_route.model_path", lambda _: line_model_path("latin"))
    message = failure_of(client.get("/v1/layers"), 422)
    assert message.startswith("latin-line.onnx: cannot show its layers")


def test_missing_data_set_of_a_script_is_reported(client):
    answer = client.post("/v1/similar?script=kannada", json={"image": digit_rows("7")[0]})
    message = "no kannada digits are on this machine; get some with numerals data fetch"
    assert f"{message} kannada-mnist" in failure_of(answer, 404)
    layers = client.get("/v1/layers?script=kannada").json()
    assert layers["neighbours_note"] == f"{message} kannada-mnist"


class WithoutNumba(ModuleType):
    """A module that imports numba, which is not installed, when a name is taken from it."""

    def __getattr__(self, name):
        raise ModuleNotFoundError("No module named 'numba'", name="numba")


def test_missing_extra_of_the_neighbours_is_reported(client, monkeypatch):
    monkeypatch.setitem(sys.modules, "numerals.search", WithoutNumba("numerals.search"))
    note = client.get("/v1/layers").json()["neighbours_note"]
    assert "pip install 'numerals[lab]'" in note
