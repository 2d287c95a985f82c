"""The page network: maps of numbers and kinds of ink, at a quarter of a page's resolution.

Its body is the text detector of PP-OCRv6 (small; Apache-2.0, PaddlePaddle Authors), fine-tuned. Its
head is a new one.
"""

import importlib.util
from pathlib import Path

from torch import Tensor, nn

from numerals.errors import ModelError
from numerals.networks.onnx_module import OnnxModule

BODY_FILE = "models/PP-OCRv6_det_small.onnx"
BODY_OUTPUT = "p2o.pd_op.relu.18.0"
"""Value of the detector's graph that the head takes: 24 maps of stride 4."""

N_KINDS, N_TURNS = 5, 4
CHANNELS = 3 + N_KINDS + N_TURNS
"""Cores of written and printed numbers, regions of numbers; kinds of ink; quarter turns."""

_BODY_WIDTH, _HEAD_WIDTH = 24, 48


def find_body() -> Path:
    """Return the path of the detector's file in the installed rapidocr package.

    Raises
    ------
    ModelError
        If rapidocr is not installed. It is not in an extra, because its dependencies install
        another build of OpenCV, and only its model file is needed.
    """
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            "training the page network starts from the text detector in the rapidocr package "
            "(Apache-2.0): pip install --no-deps rapidocr==3.10.0"
        )
    return Path(spec.submodule_search_locations[0]) / BODY_FILE


class PageNet(nn.Module):
    """The pretrained body, and a head of two convolutions.

    Parameters
    ----------
    body : Path
        ONNX file of the detector; see `find_body`.
    """

    def __init__(self, body: Path) -> None:
        super().__init__()
        self.body = OnnxModule(body, BODY_OUTPUT)
        self.head = nn.Sequential(
            nn.Conv2d(_BODY_WIDTH, _HEAD_WIDTH, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(_HEAD_WIDTH, CHANNELS, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map RGB images to logits, shape (n, CHANNELS, height / 4, width / 4).

        Parameters
        ----------
        x : Tensor, shape (n, 3, height, width)
            RGB scaled to [-1, 1]. Height and width must be multiples of 32.
        """
        logits: Tensor = self.head(self.body(x))
        return logits
