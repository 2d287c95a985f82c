"""Import of networks from model files, for fine-tuning."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")

from torch import nn

from numerals.errors import ModelError
from numerals.models import load_line_model, load_model, model_path
from numerals.networks.digit_net import DigitNet
from numerals.networks.from_onnx import freeze_norms, read_digit_nets, read_line_nets
from numerals.networks.line_net import LineNet
from numerals.networks.to_onnx import write_digit_onnx, write_line_onnx

LINES = {
    "format": "numerals-line-1",
    "script": "latin",
    "characters": json.dumps(list("0123")),
    "number_calibration": "[1, 0]",
}
DIGITS = {"format": "numerals-digit-1", "script": "latin", "classes": json.dumps(list("0123"))}


def update_norms(network, shape):
    """Return the network in evaluation mode, after updating the statistics of its batch norms."""
    network.train()
    with torch.no_grad():
        for _ in range(3):
            network(torch.rand(8, 1, *shape))
    return network.eval()


def make_line_net(depths=(2, 2, 2)):
    torch.manual_seed(0)
    return update_norms(LineNet(5, (4, 6, 8, 10, 12), hidden=7, depths=depths), (40, 64))


@pytest.mark.parametrize("depths", [(2, 2, 2), (1, 3, 4)])
@pytest.mark.parametrize("weight_bits", [16, 8])
def test_an_imported_line_network_has_the_probabilities_of_the_file(tmp_path, weight_bits, depths):
    path = tmp_path / "line.onnx"
    write_line_onnx([(make_line_net(depths), 1.25)], LINES, path, weight_bits=weight_bits)
    [(network, temperature)] = read_line_nets(path)
    assert temperature == 1.25
    strips = np.random.default_rng(0).integers(0, 256, (3, 40, 64)).astype(np.uint8)
    log_proba = load_line_model(path).log_probabilities(list(strips))
    with torch.inference_mode():
        logits = network(torch.from_numpy(strips[:, None]).float() / 255)
    np.testing.assert_allclose(log_proba, (logits / 1.25).log_softmax(2), atol=1e-4)


@pytest.mark.parametrize("weight_bits", [16, 8])
def test_both_networks_of_a_line_model_are_imported(tmp_path, weight_bits):
    path = tmp_path / "line.onnx"
    exported = [(make_line_net((2, 1, 3)), 1.25), (make_line_net(), 0.8)]
    write_line_onnx(exported, LINES, path, weight_bits=weight_bits)
    model = load_line_model(path)
    assert model.n_networks == 2
    strips = np.random.default_rng(0).integers(0, 256, (3, 40, 64)).astype(np.uint8)
    answers = [np.stack(model.log_probabilities(list(strips), i)) for i in (0, 1)]
    assert np.abs(answers[0] - answers[1]).max() > 0.05
    for i, (network, temperature) in enumerate(read_line_nets(path)):
        assert temperature == pytest.approx(exported[i][1])
        with torch.inference_mode():
            logits = network(torch.from_numpy(strips[:, None]).float() / 255)
        proba = (logits / temperature).log_softmax(2)
        np.testing.assert_allclose(answers[i], proba, atol=1e-4)


def test_exporting_an_imported_network_gives_the_same_probabilities(tmp_path):
    write_line_onnx([(make_line_net(), 1.25)], LINES, tmp_path / "one.onnx")
    write_line_onnx(read_line_nets(tmp_path / "one.onnx"), LINES, tmp_path / "two.onnx")
    strip = [np.random.default_rng(0).integers(0, 256, (40, 96)).astype(np.uint8)]
    one, two = (load_line_model(tmp_path / name) for name in ("one.onnx", "two.onnx"))
    np.testing.assert_allclose(
        one.log_probabilities(strip)[0], two.log_probabilities(strip)[0], atol=1e-5
    )


@pytest.mark.parametrize("weight_bits", [16, 8])
def test_imported_digit_networks_have_the_probabilities_of_the_file(tmp_path, weight_bits):
    torch.manual_seed(0)
    path = tmp_path / "digit.onnx"
    exported = [update_norms(DigitNet(5, (4, 6, 8)), (28, 28)) for _ in range(2)]
    write_digit_onnx(exported, 0.9, DIGITS, path, weight_bits=weight_bits)
    networks, temperature = read_digit_nets(path)
    assert len(networks) == 2 and temperature == pytest.approx(0.9)
    images = np.random.default_rng(0).integers(0, 256, (6, 28, 28)).astype(np.uint8)
    with torch.inference_mode():
        pixels = torch.from_numpy(images[:, None]).float() / 255
        proba = torch.stack([(n(pixels) / temperature).softmax(1) for n in networks]).mean(0)
    np.testing.assert_allclose(load_model(path).predict_proba(images), proba[:, :4], atol=1e-4)


def test_the_shipped_digit_model_can_be_imported():
    networks, _ = read_digit_nets(model_path("latin"))
    assert [network.classify.out_features for network in networks] == [11, 11]


def test_with_frozen_norms_training_mode_gives_the_same_logits(tmp_path):
    write_line_onnx([(make_line_net(), 1.0)], LINES, tmp_path / "line.onnx")
    [(network, _)] = read_line_nets(tmp_path / "line.onnx", dropout=0.0)
    strips = torch.rand(2, 1, 40, 64)
    with torch.no_grad():
        expected = network(strips)
        freeze_norms(network.train())
        np.testing.assert_allclose(network(strips), expected, atol=1e-5)
    assert all(not m.training for m in network.modules() if isinstance(m, nn.BatchNorm2d))


def test_files_of_other_designs_are_errors(tmp_path):
    write_line_onnx([(make_line_net(), 1.0)], LINES, tmp_path / "line.onnx")
    with pytest.raises(ModelError, match="another network design"):
        read_line_nets(model_path("latin"))
    with pytest.raises(ModelError, match="another network design"):
        read_digit_nets(tmp_path / "line.onnx")
    (tmp_path / "truncated.onnx").write_bytes((tmp_path / "line.onnx").read_bytes()[:3000])
    with pytest.raises(ModelError, match=r"not a complete ONNX model|another network design"):
        read_line_nets(tmp_path / "truncated.onnx")
