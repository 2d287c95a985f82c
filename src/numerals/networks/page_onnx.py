"""Export of the page network to an ONNX file with 8-bit weights."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper
from torch import Tensor, nn

from numerals.files import atomic_file
from numerals.networks.onnx_graph import IR_VERSION, OPSETS, Graph
from numerals.networks.page_net import CHANNELS, N_KINDS, PageNet

_MIN_QUANTIZED_SIZE = 256  # weights: smaller kernels stay float32
_SINGLE, _BYTE = TensorProto.FLOAT, TensorProto.UINT8


def write_page_onnx(network: PageNet, path: Path, metadata: Mapping[str, str]) -> None:
    """Write a network to a file for `numerals.models.load_page_model`.

    Kernels of convolutions are int8 with a scale for each output channel. The runtime multiplies
    them when it loads the file.

    Parameters
    ----------
    network : PageNet
    path : Path
        File to write, atomically.
    metadata : mapping of str to str
        Metadata of the file.
    """
    writer = _PageGraph()
    x = writer.add("Cast", "image", to=_SINGLE)
    x = writer.add("Transpose", x, perm=[2, 0, 1])
    x = writer.add("Unsqueeze", x, writer.constant(np.array([0], np.int64)))
    x = writer.add("Mul", x, writer.constant(np.float32(1 / 127.5)))
    x = writer.add("Sub", x, writer.constant(np.float32(1)))
    x = writer.add_body(network, x)
    first, _, last = network.head
    assert isinstance(first, nn.Conv2d) and isinstance(last, nn.Conv2d)
    x = writer.add("Relu", writer.add_convolution(x, first, padding=1))
    x = writer.add_convolution(x, last, padding=0)
    writer.add_outputs(x)
    with atomic_file(path) as partial:
        onnx.save(writer.page_model(metadata), str(partial), format="protobuf")


class _PageGraph(Graph):
    """The ONNX graph of a page network, from an image to maps."""

    def kernel(self, weight: Tensor) -> str:
        """Store a convolution's kernel, in 8 bits if it is large."""
        array = weight.detach().cpu().float().numpy()
        return self.single(array) if array.size < _MIN_QUANTIZED_SIZE else self.byte(array)

    def add_convolution(self, x: str, layer: nn.Conv2d, *, padding: int) -> str:
        assert layer.bias is not None
        bias = self.single(layer.bias.detach().cpu().numpy())
        kernel = self.kernel(layer.weight)
        return self.add("Conv", x, kernel, bias, pads=[padding] * 4)

    def add_body(self, network: PageNet, x: str) -> str:
        """Add the detector's nodes with the network's weights; return the name of their output."""
        body = network.body
        names = {body.input: x}
        for name in body.names:
            weight = body.weight(name).cpu()
            is_kernel = weight.ndim == 4 and max(weight.shape[2:]) * weight.shape[1] > 1
            names[name] = self.kernel(weight) if is_kernel else self.constant(weight.numpy())
        for node, attributes in zip(body.nodes, body.attributes, strict=True):
            inputs = [names[name] if name else "" for name in node.input]
            if node.op_type == "Identity":
                names[node.output[0]] = inputs[0]
                continue
            names[node.output[0]] = self.add(node.op_type, *inputs, **attributes)
        return names[body.output]

    def add_outputs(self, logits: str) -> None:
        """Add the output ``maps``: probabilities scaled to uint8."""
        ends = np.cumsum([3, N_KINDS, CHANNELS - 3 - N_KINDS])
        parts = []
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            bounds = [self.constant(np.array([v], np.int64)) for v in (start, end, 1)]
            part = self.add("Slice", logits, *bounds)
            parts.append(
                self.add("Sigmoid", part) if start == 0 else self.add("Softmax", part, axis=1)
            )
        joined = self.add("Concat", *parts, axis=1)
        joined = self.add("Squeeze", joined, self.constant(np.array([0], np.int64)))
        scaled = self.add("Mul", joined, self.constant(np.float32(255)))
        self.add("Cast", self.add("Round", scaled), to=_BYTE, output="maps")

    def page_model(self, metadata: Mapping[str, str]) -> onnx.ModelProto:
        """Return the model with the inputs and outputs that `numerals.models` expects."""
        image = helper.make_tensor_value_info("image", _BYTE, ["height", "width", 3])
        maps = helper.make_tensor_value_info("maps", _BYTE, [CHANNELS, "rows", "columns"])
        graph = helper.make_graph(self.nodes, "page", [image], [maps], self.weights)
        opset = helper.make_opsetid("", OPSETS[""])
        model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
        helper.set_model_props(model, dict(metadata))
        onnx.checker.check_model(model)
        return model
