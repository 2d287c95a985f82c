"""Export of the page network to a file with 8-bit weights."""

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")

from numerals.models.onnx_session import open_session
from numerals.models.page_model import PAGE_FORMAT, load_page_model
from numerals.networks.page_net import CHANNELS, N_KINDS, PageNet
from numerals.networks.page_onnx import write_page_onnx
from page_networks import write_body, write_darkness_body

METADATA = {"format": PAGE_FORMAT, "name": "trial"}


@pytest.fixture
def network(tmp_path):
    """Return a page network with random weights."""
    torch.manual_seed(0)
    return PageNet(write_body(tmp_path / "body.onnx")).eval()


def probabilities(network, rgb):
    """Return the maps that PyTorch computes for a picture."""
    x = torch.from_numpy(rgb).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        logits = network(x)[0]
    parts = logits[:3].sigmoid(), logits[3 : 3 + N_KINDS], logits[3 + N_KINDS :]
    return torch.cat([parts[0], *(part.softmax(dim=0) for part in parts[1:])]).numpy()


@pytest.mark.parametrize("shape", [(64, 96), (32, 32), (160, 64)])
def test_the_file_has_the_probabilities_of_the_network(network, tmp_path, shape):
    rgb = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    write_page_onnx(network, tmp_path / "page.onnx", METADATA)
    session, metadata = open_session(tmp_path / "page.onnx")
    maps = session.run_maps(rgb, (CHANNELS, shape[0] // 4, shape[1] // 4))
    np.testing.assert_allclose(maps / 255, probabilities(network, rgb), atol=0.03)
    assert metadata == METADATA


def test_weights_are_stored_in_8_bits(tmp_path):
    network = PageNet(write_body(tmp_path / "body.onnx")).eval()
    write_page_onnx(network, tmp_path / "page.onnx", METADATA)
    n_weights = sum(p.numel() for p in network.parameters())
    size = (tmp_path / "page.onnx").stat().st_size
    assert n_weights < size < 1.6 * n_weights + 4000


@pytest.fixture
def darkness(tmp_path):
    """Return a page model that detects all dark pixels as handwritten numbers."""
    network = PageNet(write_darkness_body(tmp_path / "body.onnx")).eval()
    with torch.no_grad():
        for parameter in network.head.parameters():
            parameter.zero_()
        first, _, last = network.head
        first.weight[0, 0, 1, 1] = 1.0
        last.weight[0, 0], last.bias[0] = 30.0, -15.0
    write_page_onnx(network, tmp_path / "page.onnx", METADATA)
    return load_page_model(tmp_path / "page.onnx")


@pytest.mark.parametrize("factor", [0.4, 1.0, 2.0])
def test_maps_have_the_coordinates_of_the_picture(darkness, factor):
    rgb = np.full((210, 330, 3), 255, np.uint8)
    rgb[80:150, 200:260] = 0
    maps = darkness.predict_maps(rgb, factor)
    large = cv2.resize(maps.written, None, fx=maps.scale, fy=maps.scale)
    rows, columns = np.nonzero(large > 0.5)
    edges = columns.min(), rows.min(), columns.max(), rows.max()
    np.testing.assert_allclose(edges, (200, 80, 260, 150), atol=1 + 1.5 * maps.scale)


def test_maps_extend_to_the_edges_of_the_picture(darkness):
    rgb = np.full((130, 90, 3), 255, np.uint8)
    rgb[-40:, :30] = 0
    written = darkness.predict_maps(rgb, 1.0).written > 0.5
    assert written[-1, 0] and written[-9:, :6].all()
    assert not written[:20].any() and not written[:, 10:].any()
