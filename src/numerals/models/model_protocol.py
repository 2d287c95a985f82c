"""The protocol of models that classify pictures of digits."""

from typing import Protocol

import numpy as np
import numpy.typing as npt


class Model(Protocol):
    """A model that returns class probabilities for pictures of digits.

    Attributes
    ----------
    classes : tuple of str
        The character of each column of `predict_proba`.
    script : str
        Such as ``"latin"``.
    image_shape : tuple of int
        Height and width of the input images, pixels.
    metadata : dict of str to str
        The metadata of the model file.
    """

    @property
    def classes(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def script(self) -> str: ...  # noqa: D102
    @property
    def image_shape(self) -> tuple[int, int]: ...  # noqa: D102
    @property
    def metadata(self) -> dict[str, str]: ...  # noqa: D102

    def predict_proba(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return class probabilities for digits, uint8 of shape (n_images, height, width)."""
        ...
