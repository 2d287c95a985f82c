"""Transformers of pixels: scaling, deskewing, and denoising by PCA."""

import math
from numbers import Integral
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.utils.validation import check_is_fitted, validate_data

from numerals.records import Digits

MAX_SLANT = 1.0
"""Maximum slant that `Deskew` removes, columns per row: 45 degrees."""

_BLOCK_SIZE = 1000  # images deskewed at a time; limits memory to a few float64 arrays


class ScalePixels(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Scale gray levels from 0 to 255 to float32 from 0 to 1.

    Examples
    --------
    >>> ScalePixels().fit_transform(np.array([[0, 51, 255]], np.uint8)).tolist()
    [[0.0, 0.20000000298023224, 1.0]]
    """

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the number of pixels.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_pixels)
        """
        validate_data(self, X)
        return self

    def transform(self, X: Any) -> npt.NDArray[np.float32]:
        """Return ``X / 255``."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.uint8, np.float32, np.float64], reset=False)
        scaled: npt.NDArray[np.float32] = np.asarray(X, np.float32) / np.float32(255)
        return scaled

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_in_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


class Deskew(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Shear each digit about its center of mass so that its main stroke is vertical.

    The slant is the regression of columns on rows, weighted with the ink. A row at the distance
    ``d`` from the center of mass is shifted by ``d * mu_11 / mu_02`` with linear interpolation.

    Parameters
    ----------
    image_shape : tuple of int, optional
        Height and width of the images in the rows of X. By default images are square, or one row
        of pixels, which has no slant, if that is impossible.

    Attributes
    ----------
    image_shape_ : tuple of int
    n_features_in_ : int

    References
    ----------
    LeCun, Bottou, Bengio, Haffner 1998, Gradient-based learning applied to document recognition,
    section III.C (deslanting).

    Examples
    --------
    >>> slanted = np.zeros((5, 5), np.uint8)
    >>> slanted[[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]] = 255
    >>> Deskew().fit_transform(slanted.reshape(1, -1)).reshape(5, 5)[:, 2].tolist()
    [255, 255, 255, 255, 255]
    """

    def __init__(self, image_shape: tuple[int, int] | None = None) -> None:
        self.image_shape = image_shape

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the shape of the images.

        Parameters
        ----------
        X : array-like, shape (n_samples, height * width)

        Raises
        ------
        ValueError
            If `image_shape` has another number of pixels than `X` has columns.
        """
        X = validate_data(self, X, dtype=[np.uint8, np.float32, np.float64])
        self.image_shape_ = find_image_shape(X.shape[1], self.image_shape)
        return self

    def transform(self, X: Any) -> npt.NDArray[Any]:
        """Return deskewed digits in the dtype of `X` (uint8, float32 or float64)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.uint8, np.float32, np.float64], reset=False)
        images = X.reshape(-1, *self.image_shape_)
        deskewed = np.empty_like(images)
        for start in range(0, len(images), _BLOCK_SIZE):
            block = slice(start, start + _BLOCK_SIZE)
            deskewed[block] = _shear(images[block])
        flat: npt.NDArray[Any] = deskewed.reshape(X.shape)
        return flat

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


class DenoisePCA(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Reconstruct images from their first principal components.

    Parameters
    ----------
    n_components : int, default=60
        Limited to the number of images and of pixels.
    random_state : int, RandomState or None, default=0
        Seed of the randomized solver, which scikit-learn selects for large data.

    Attributes
    ----------
    pca_ : PCA
        The fitted PCA; `pca_.mean_` and the rows of `pca_.components_` are images.
    n_features_in_ : int

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, _ = load_digits(return_X_y=True)
    >>> DenoisePCA(20).fit_transform(X).shape
    (1797, 64)
    """

    def __init__(self, n_components: int = 60, random_state: Any = 0) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Compute the principal components.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_pixels)

        Raises
        ------
        ValueError
            If `n_components` is not an integer of at least 1.
        """
        X = validate_data(self, X, dtype=[np.float64, np.float32])
        if not isinstance(self.n_components, Integral) or self.n_components < 1:
            raise ValueError(
                f"n_components={self.n_components!r} must be an integer of at least 1; change it"
            )
        n_components = min(self.n_components, *X.shape)
        self.pca_: Any = PCA(n_components, random_state=self.random_state).fit(X)
        return self

    def transform(self, X: Any) -> npt.NDArray[Any]:
        """Return the reconstructed images, shape (n_samples, n_pixels)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        denoised: npt.NDArray[Any] = self.pca_.inverse_transform(self.pca_.transform(X))
        return denoised

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def find_image_shape(n_pixels: int, image_shape: tuple[int, int] | None = None) -> tuple[int, int]:
    """Return height and width of images: the given ones, else a square, else one row.

    Parameters
    ----------
    n_pixels : int
    image_shape : tuple of int, optional

    Raises
    ------
    ValueError
        If `image_shape` has another number of pixels.
    """
    if image_shape is None:
        side = math.isqrt(n_pixels)
        return (side, side) if side * side == n_pixels else (1, n_pixels)
    height, width = (int(side) for side in image_shape)
    if height * width != n_pixels:
        raise ValueError(
            f"image_shape={tuple(image_shape)} must have as many pixels as X has columns, "
            f"{n_pixels}; change it, or omit it for square images"
        )
    return height, width


def flatten_images(X: Any) -> tuple[Any, tuple[int, int] | None]:
    """Return X as rows of pixels, and the height and width of its images if it has them.

    Parameters
    ----------
    X : array-like, shape (n_samples, height * width) or (n_samples, height, width)

    Returns
    -------
    rows : array-like, shape (n_samples, height * width)
        A view if possible; anything else than images is returned as it is.
    image_shape : tuple of int, or None
        None if X has rows of pixels.

    Raises
    ------
    TypeError
        If X is a data set, not its images.

    Examples
    --------
    >>> rows, image_shape = flatten_images(np.zeros((3, 28, 28), np.uint8))
    >>> rows.shape, image_shape
    ((3, 784), (28, 28))
    """
    if isinstance(X, Digits):
        raise TypeError("got Digits, expected an array of images; pass digits.images")
    if isinstance(X, list | tuple) and len(X) and np.ndim(X[0]) == 2:
        X = np.stack(X)
    if getattr(X, "ndim", 2) != 3:
        return X, None
    n_samples, height, width = X.shape
    return np.asarray(X).reshape(n_samples, height * width), (height, width)


def _shear(images: npt.NDArray[Any]) -> npt.NDArray[Any]:
    # pixel_transformers_onnx.add_deskew has the same steps; on gray levels both are exact.
    _, height, width = images.shape
    ink = np.maximum(images.astype(np.float64), 0)
    rows, columns = np.arange(height, dtype=np.float64), np.arange(width, dtype=np.float64)
    by_row, by_column = ink.sum(axis=2), ink.sum(axis=1)  # (n, height), (n, width)
    mass = np.maximum(by_row.sum(axis=1), 1e-12)
    center_y, center_x = by_row @ rows / mass, by_column @ columns / mass
    mixed = (ink @ columns) @ rows / mass - center_x * center_y  # mu_11 / mu_00
    spread = by_row @ rows**2 / mass - center_y**2  # mu_02 / mu_00
    slant = np.clip(mixed / np.maximum(spread, 1e-6), -MAX_SLANT, MAX_SLANT)
    shift = slant[:, None] * (rows - center_y[:, None])  # (n, height)
    whole = np.floor(shift)
    share = (shift - whole)[:, :, None]
    left = columns.astype(np.int64) + whole.astype(np.int64)[:, :, None]  # (n, height, width)
    padded = np.pad(images.astype(np.float64), ((0, 0), (0, 0), (1, 1)))
    first = np.take_along_axis(padded, np.clip(left + 1, 0, width + 1), axis=2)
    second = np.take_along_axis(padded, np.clip(left + 2, 0, width + 1), axis=2)
    blend: npt.NDArray[Any] = first * (1 - share) + second * share
    return np.rint(blend) if np.issubdtype(images.dtype, np.integer) else blend
