"""What every model offers, whatever file it came from."""

from typing import Protocol

import numpy as np
import numpy.typing as npt


class Model(Protocol):
    """Anything that gives class probabilities for pictures of digits.

    Attributes
    ----------
    classes : tuple of str
        The character that each column of `predict_proba` stands for.
    script : str
        Such as ``"latin"``.
    image_shape : tuple of int
        Height and width, in pixels, of the digits that it takes.
    metadata : dict of str to str
        All that the file says of itself.
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
        """Classify digits, uint8 of shape (n_images, height, width)."""
        ...
