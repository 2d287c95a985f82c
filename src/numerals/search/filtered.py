"""Exact search that compares a query only with those images that their codes do not rule out.

Of the 60,000 images of MNIST, about a hundred remain for each test digit. A query unlike all stored
images (noise, a white page) is equally far from all of them: no image is ruled out, and the search
takes longer.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.search.embedding import Embedding
from numerals.search.integer_products import STORED_PER_BLOCK, IntegerProducts, query_offset

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


class FilteredImages:
    """Stored images with their codes; results equal those of comparing all images.

    Parameters
    ----------
    stored : ndarray of uint8, shape (n_stored, n_features)
    embedding : Embedding
    scale, shift : ndarray of float64, shape (n_stored,)
        The score of a stored image is ``product * scale + shift``; a higher score is nearer.
    """

    def __init__(self, stored: Pixels, embedding: Embedding, scale: Floats, shift: Floats) -> None:
        self._stored = np.ascontiguousarray(stored)
        self._embedding, self._scale, self._shift = embedding, scale, shift
        codes, errors = embedding.encode(stored)
        self._max_error = float(errors.max())
        self._blocks = [
            (IntegerProducts(block), _squared_norms(block))
            for block in np.split(codes, range(STORED_PER_BLOCK, len(codes), STORED_PER_BLOCK))
        ]

    def search(self, queries: Pixels, k: int) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Return the `k` best scores of each query, in descending order, and their indices.

        Parameters
        ----------
        queries : ndarray of uint8, shape (n_queries, n_features)
        k : int
            At most the number of stored images.

        Returns
        -------
        scores : ndarray of float64, shape (n_queries, k)
        indices : ndarray of int64, shape (n_queries, k)
        """
        from numerals.search.kernels import merge_refined

        codes, errors = self._embedding.encode(queries)
        # The squared distance of two vectors is base - slope * score.
        squares = _squared_norms(queries).astype(np.float64)
        base, slope = squares, np.ones(len(queries))
        if self._embedding.unit:
            base = np.full(len(queries), 2.0)
            slope = np.divide(2, np.sqrt(squares), out=np.zeros(len(queries)), where=squares > 0)
        slack = (errors + self._max_error) / self._embedding.step
        code_offset = (_squared_norms(codes) - 2 * query_offset(codes)).astype(np.int32)
        scores = np.full((len(queries), k), -np.inf)
        indices = np.zeros((len(queries), k), np.int64)
        thresholds = np.full(len(queries), -np.inf)
        for number, (products, code_squares) in enumerate(self._blocks):
            start = number * STORED_PER_BLOCK
            block = slice(start, start + len(code_squares))
            merge_refined(
                products.multiply(codes),
                code_squares,
                code_offset,
                (base, slope, slack, self._embedding.step),
                (queries, self._stored[block], self._scale[block], self._shift[block]),
                start,
                thresholds,
                scores,
                indices,
            )
        return scores, indices


def _squared_norms(vectors: Pixels) -> npt.NDArray[np.int32]:
    squares: Any = np.einsum("ij,ij->i", vectors, vectors, dtype=np.int32, casting="unsafe")
    return np.asarray(squares)
