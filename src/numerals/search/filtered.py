"""Exact search that looks closely only at what its stand-ins do not rule out.

Of MNIST's 60,000 these leave about a hundred for each test digit. A query unlike anything stored
(noise, a white page) is equally far from all: there nothing is ruled out, and it takes longer.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.search.embedding import Embedding
from numerals.search.integer_products import IntegerProducts, offset

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_STORED = 2048  # at a time: their products with the queries fill 4 MB, which caches hold


class FilteredImages:
    """Stored images with their codes; the answers are those of comparing all of them.

    Parameters
    ----------
    stored : ndarray of uint8, shape (n_stored, n_features)
    embedding : Embedding
    scale, shift : ndarray of float64, shape (n_stored,)
        A stored image's score is ``product * scale + shift``; more is nearer.
    """

    def __init__(self, stored: Pixels, embedding: Embedding, scale: Floats, shift: Floats) -> None:
        self._stored = np.ascontiguousarray(stored)
        self._embedding, self._scale, self._shift = embedding, scale, shift
        codes, errors = embedding.encode(stored)
        self._error = float(errors.max())
        self._blocks = [
            (IntegerProducts(part), _squares(part))
            for part in np.split(codes, range(_STORED, len(codes), _STORED))
        ]

    def search(self, queries: Pixels, k: int) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Return the best `k` scores of each query, best first, and the indices of their images."""
        from numerals.search.kernels import refine

        codes, errors = self._embedding.encode(queries)
        # The squared distance of vectors is near - far * score.
        squares = _squares(queries).astype(np.float64)
        near, far = squares, np.ones(len(queries))
        if self._embedding.unit:
            near = np.full(len(queries), 2.0)
            far = np.divide(2, np.sqrt(squares), out=np.zeros(len(queries)), where=squares > 0)
        reach = (errors + self._error) / self._embedding.step
        lift = (_squares(codes) - 2 * offset(codes)).astype(np.int32)
        scores = np.full((len(queries), k), -np.inf)
        indices = np.zeros((len(queries), k), np.int64)
        bars = np.full(len(queries), -np.inf)
        for number, (products, code_squares) in enumerate(self._blocks):
            part = slice(number * _STORED, number * _STORED + len(code_squares))
            refine(
                products.multiply(codes),
                code_squares,
                lift,
                (near, far, reach, self._embedding.step),
                (queries, self._stored[part], self._scale[part], self._shift[part]),
                part.start,
                bars,
                scores,
                indices,
            )
        return scores, indices


def _squares(vectors: Pixels) -> npt.NDArray[np.int32]:
    squares: Any = np.einsum("ij,ij->i", vectors, vectors, dtype=np.int32, casting="unsafe")
    return np.asarray(squares)
