"""Exact dot products of gray levels in integer arithmetic.

Processors multiply 8-bit integers several times faster than 32-bit floats if one factor is unsigned
and the other signed. So 128 is subtracted from the stored images, and the products are corrected:
``q . t = q . (t - 128) + 128 sum(q)``.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.models.runtime import load_onnxruntime

MAX_FEATURES = 2**31 // (2 * 255**2)
"""Maximum length of vectors: doubled products of longer ones can overflow 32 bits."""
STORED_PER_BLOCK = 2048
"""Stored vectors per block: the products with 512 queries fill 4 MB, which fits in caches."""


class IntegerProducts:
    """Products of queries with one block of stored images.

    Parameters
    ----------
    stored : ndarray of uint8, shape (n_stored, n_features)
        At most `MAX_FEATURES` features.

    Examples
    --------
    >>> import numpy as np
    >>> stored = np.array([[255, 255], [0, 1]], np.uint8)
    >>> query = np.array([[255, 2]], np.uint8)
    >>> IntegerProducts(stored).multiply(query) + query_offset(query)
    array([[65535,     2]], dtype=int32)
    """

    def __init__(self, stored: npt.NDArray[np.uint8]) -> None:
        self.n_stored = len(stored)
        self._session = _session(stored, saturation_safe=False)
        if not self._is_exact(stored):
            self._session = _session(stored, saturation_safe=True)

    def multiply(self, queries: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
        """Return ``q . (t - 128)`` for each query q and stored image t.

        Parameters
        ----------
        queries : ndarray of uint8, shape (n_queries, n_features)

        Returns
        -------
        ndarray of int32, shape (n_queries, n_stored)
            Add `query_offset` to get ``q . t``.
        """
        products = np.empty((len(queries), self.n_stored), np.int32)
        # The binding writes to `products`; without it, every call would allocate the output.
        binding = self._session.io_binding()
        binding.bind_cpu_input("queries", queries)
        binding.bind_output("products", "cpu", 0, np.int32, products.shape, products.ctypes.data)
        self._session.run_with_iobinding(binding)
        return products

    def _is_exact(self, stored: npt.NDArray[np.uint8]) -> bool:
        """Return whether the products of the largest factors are correct.

        Processors without VNNI instructions add two products in 16 bits, which can saturate.
        """
        white = np.full((1, stored.shape[1]), 255, np.uint8)
        expected = 255 * stored.sum(axis=1, dtype=np.int64)
        return np.array_equal(self.multiply(white)[0] + query_offset(white), expected)


def query_offset(queries: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """Return ``128 sum(q)`` for each query q, shape (n_queries,)."""
    offset: npt.NDArray[np.int32] = 128 * queries.sum(axis=1, dtype=np.int32)
    return offset


def _session(stored: npt.NDArray[np.uint8], *, saturation_safe: bool) -> Any:
    """Return a session whose graph multiplies queries with the stored images.

    Parameters
    ----------
    stored : ndarray of uint8, shape (n_stored, n_features)
    saturation_safe : bool
        Whether to use slower kernels that cannot saturate.

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
    options.enable_cpu_mem_arena = False  # the arena would never release the largest block
    options.intra_op_num_threads = 1  # the caller runs one thread per core
    if saturation_safe:
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
