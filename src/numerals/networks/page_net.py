"""The page network: what stands where on a page, as maps at a quarter of its resolution.

Its body is the text detector of PP-OCRv6 (small; Apache-2.0, PaddlePaddle Authors), trained
further; its head is ours.
"""

import importlib.util
from pathlib import Path

from torch import Tensor, nn

from numerals.errors import ModelError
from numerals.networks.onnx_module import OnnxModule

BODY_FILE = "models/PP-OCRv6_det_small.onnx"
BODY_OUTPUT = "p2o.pd_op.relu.18.0"
"""Value of the detector's graph from which our head goes on: 24 maps of stride 4."""

N_KINDS, N_TURNS = 5, 4
CHANNELS = 3 + N_KINDS + N_TURNS
"""Cores of written and of printed numbers, regions of numbers; kinds of ink; quarter turns."""

_BODY_WIDTH, _HEAD_WIDTH = 24, 48


def find_body() -> Path:
    """Return the detector's file in the installed rapidocr package.

    Raises
    ------
    ModelError
        If rapidocr is not installed. It is no extra of ours: its own dependencies bring another
        build of OpenCV, and only its file is needed.
    """
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            "training the page network starts from the text detector in the rapidocr package "
            "(Apache-2.0): pip install --no-deps rapidocr==3.10.0"
        )
    return Path(spec.submodule_search_locations[0]) / BODY_FILE


class PageNet(nn.Module):
    """Logits of `CHANNELS` maps, from RGB scaled to -1..1, shape (n, 3, height, width)."""

    def __init__(self, body: Path) -> None:
        super().__init__()
        self.body = OnnxModule(body, BODY_OUTPUT)
        self.head = nn.Sequential(
            nn.Conv2d(_BODY_WIDTH, _HEAD_WIDTH, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(_HEAD_WIDTH, CHANNELS, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return logits, shape (n, CHANNELS, height / 4, width / 4); sides are multiples of 32."""
        logits: Tensor = self.head(self.body(x))
        return logits
