"""Dot products of pixels, exact: grey levels are whole numbers, so their products can be too.

A processor multiplies 8-bit integers several times as fast as 32-bit floats, if one factor is
unsigned and the other signed. So 128 is taken from the stored images, and given back afterwards:
``q . t = q . (t - 128) + 128 sum(q)``.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.models.runtime import load_onnxruntime

MAX_FEATURES = 2**31 // (2 * 255**2)
"""Longer vectors could overflow 32 bits when their products are doubled."""


class IntegerProducts:
    """The stored images of one block, ready to be multiplied with queries.

    Parameters
    ----------
    stored : ndarray of uint8, shape (n_stored, n_features)
        At most `MAX_FEATURES` features.

    Examples
    --------
    >>> import numpy as np
    >>> stored = np.array([[255, 255], [0, 1]], np.uint8)
    >>> query = np.array([[255, 2]], np.uint8)
    >>> IntegerProducts(stored).multiply(query) + offset(query)
    array([[65535,     2]], dtype=int32)
    """

    def __init__(self, stored: npt.NDArray[np.uint8]) -> None:
        self.n_stored = len(stored)
        self._session = _session(stored, careful=False)
        if not self._is_exact(stored):
            self._session = _session(stored, careful=True)

    def multiply(self, queries: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
        """Return the products with the stored images less 128, shape (n_queries, n_stored).

        `offset` tells what is missing to those with the images themselves.
        """
        products = np.empty((len(queries), self.n_stored), np.int32)
        # Bound, the products go where they are wanted; otherwise every call would ask for memory.
        binding = self._session.io_binding()
        binding.bind_cpu_input("queries", queries)
        binding.bind_output("products", "cpu", 0, np.int32, products.shape, products.ctypes.data)
        self._session.run_with_iobinding(binding)
        return products

    def _is_exact(self, stored: npt.NDArray[np.uint8]) -> bool:
        """Whether the largest factors give the right products.

        Processors without the VNNI instructions add two products in 16 bits, which overflow.
        """
        white = np.full((1, stored.shape[1]), 255, np.uint8)
        right = 255 * stored.sum(axis=1, dtype=np.int64)
        return np.array_equal(self.multiply(white)[0] + offset(white), right)


def offset(queries: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """Return what each query's products lack, shape (n_queries,)."""
    lacking: npt.NDArray[np.int32] = 128 * queries.sum(axis=1, dtype=np.int32)
    return lacking


def _session(stored: npt.NDArray[np.uint8], *, careful: bool) -> Any:
    """Make the graph of one product; `careful` asks for kernels that cannot overflow.

    References
    ----------
    onnxruntime, "Quantize ONNX models", section on U8S8 overflow on x86-64.
    """
    from onnx import TensorProto, helper, numpy_helper

    n_stored, n_features = stored.shape
    shifted = np.ascontiguousarray((stored ^ np.uint8(128)).view(np.int8).T)
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["queries", "stored"], ["products"])],
        "products",
        [helper.make_tensor_value_info("queries", TensorProto.UINT8, ["n", n_features])],
        [helper.make_tensor_value_info("products", TensorProto.INT32, ["n", n_stored])],
        [numpy_helper.from_array(shifted, "stored")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False  # it would keep the largest block for good
    options.intra_op_num_threads = 1  # the caller has threads, and pools wait for each other
    if careful:
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
