"""A data set of single digits: selected as an array, drawn as pictures."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Selection = slice | Sequence[int] | Sequence[bool] | npt.NDArray[Any]
"""Digits to select: a slice, a mask, or indices."""

_MAX_CLASSES_SHOWN = 12
_SHEET_COLUMNS = 16  # digits of each class in a notebook
_SHEET_ROWS = 10


@dataclass(frozen=True, eq=False, repr=False)
class Digits:
    """A data set of single digits.

    A slice, a mask or an array of indices selects digits: ``digits[:5000]``,
    ``digits[digits.y == 7]``, ``digits[[3, 1]]``. One index gives an image and its label.

    Attributes
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
        Bright ink on a dark background, as in MNIST.
    labels : ndarray of int64, shape (n_images,)
        Indices into `classes`; -1 for unlabelled images, as in Kaggle's test file.
    classes : tuple of str
        The characters, such as ``"0"`` to ``"9"`` or ``"೦"`` to ``"೯"``.
    name : str
        Name of the data set.
    script : str
        ``"latin"``, ``"kannada"``, ``"persian"``, ``"bangla"`` or ``"devanagari"``.
    writers : ndarray of int64, shape (n_images,), optional
        Writer of each digit, if known.
    notes : tuple of str
        Assumptions made when the file was read, such as the split; one statement each.

    Examples
    --------
    >>> digits = Digits(np.zeros((40, 28, 28), np.uint8), np.arange(40) % 10)
    >>> digits[:5]
    Digits(digits: 5 images of 28x28 pixels, 10 classes 0 1 2 3 4 5 6 7 8 9)
    >>> digits[digits.y > 7].counts()
    {'0': 0, '1': 0, '2': 0, '3': 0, '4': 0, '5': 0, '6': 0, '7': 0, '8': 4, '9': 4}
    >>> image, label = digits[7]
    >>> image.shape, label
    ((28, 28), 7)
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    classes: tuple[str, ...] = tuple("0123456789")
    name: str = "digits"
    script: str = "latin"
    writers: npt.NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()

    @property
    def X(self) -> npt.NDArray[np.uint8]:
        """The images as rows of pixels, shape (n_images, height * width); a view if possible."""
        return self.images.reshape(len(self.images), int(np.prod(self.images.shape[1:])))

    @property
    def image_shape(self) -> tuple[int, int]:
        """Height and width of the images, pixels."""
        height, width = self.images.shape[1:]
        return height, width

    @property
    def y(self) -> npt.NDArray[np.int64]:
        """The labels, as scikit-learn calls them."""
        return self.labels

    def counts(self) -> dict[str, int]:
        """Return the number of images of each class; unlabelled images are not counted."""
        labelled = self.labels[self.labels >= 0]
        numbers = np.bincount(labelled, minlength=len(self.classes)).tolist()
        return dict(zip(self.classes, numbers, strict=True))

    def sample(self, n: int, random_state: Any = None) -> "Digits":
        """Return digits chosen at random, without repetition.

        Parameters
        ----------
        n : int
            Number of digits, 0 to the number of images.
        random_state : int, Generator or None, default=None
            Seed of the choice.

        Raises
        ------
        ValueError
            If there are fewer than `n` digits.

        Examples
        --------
        >>> digits = Digits(np.zeros((40, 28, 28), np.uint8), np.arange(40) % 10)
        >>> len(digits.sample(3, random_state=0))
        3
        """
        if not 0 <= n <= len(self):
            raise ValueError(f"n={n} must be between 0 and the number of digits, {len(self):,}")
        return self[np.random.default_rng(random_state).permutation(len(self))[:n]]

    def plot(
        self,
        columns: int = 10,
        titles: Sequence[str] | None = None,
        ax: "Axes | None" = None,
    ) -> "Axes":
        """Draw the digits in a grid.

        Parameters
        ----------
        columns : int, default=10
        titles : sequence of str, optional
            Text below each digit; by default its class, or "?" without a label.
        ax : Axes, optional
            By default the axes of a new figure.

        Raises
        ------
        ValueError
            If there are more digits than a figure holds, or not one title for each.
        MissingExtraError
            If matplotlib is not installed.
        """
        from numerals import displays

        return displays.plot_images(
            self.images, self._names() if titles is None else titles, columns, ax=ax
        )

    def contact_sheet(
        self, *, rows: int = 10, columns: int = 20, random_state: int = 0
    ) -> npt.NDArray[np.uint8]:
        """Draw some digits of each class as a picture, dark on white.

        Parameters
        ----------
        rows : int, default=10
            Maximum number of classes.
        columns : int, default=20
            Maximum number of digits of each class, chosen at random.
        random_state : int, default=0
            Seed of the choice.

        Returns
        -------
        ndarray of uint8, shape (height, width)
            Rows are labelled by the name of the class if it is ASCII, else by its index.
        """
        from numerals import displays

        return displays.make_contact_sheet(
            self.images, self.labels, self.classes,
            rows=rows, columns=columns, random_state=random_state,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.images)

    @overload
    def __getitem__(self, key: int) -> tuple[npt.NDArray[np.uint8], int]: ...
    @overload
    def __getitem__(self, key: Selection) -> "Digits": ...
    def __getitem__(self, key: int | Selection) -> "tuple[npt.NDArray[np.uint8], int] | Digits":
        if isinstance(key, int | np.integer) and not isinstance(key, bool):
            return self.images[key], int(self.labels[key])
        index = key if isinstance(key, slice) else _to_index(key)
        return dataclasses.replace(
            self,
            images=self.images[index],
            labels=self.labels[index],
            writers=None if self.writers is None else self.writers[index],
        )

    def __iter__(self) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
        """Yield each image with its label."""
        return zip(self.images, self.labels.tolist(), strict=True)

    def __repr__(self) -> str:
        return f"Digits({self._summary()})"

    def _repr_html_(self) -> str:
        """Return the summary, the numbers of images and a contact sheet, for notebooks."""
        from numerals.displays.html import image_html, text_html

        sheet = self.contact_sheet(rows=_SHEET_ROWS, columns=_SHEET_COLUMNS)
        counts = ", ".join(f"{name}: {n:,}" for name, n in self.counts().items())
        picture = image_html(sheet, "digits of each class", sheet.shape[1] // 2)
        return text_html(self._summary()) + text_html(counts) + picture

    def _summary(self) -> str:
        size = "x".join(map(str, self.images.shape[1:]))
        classes = f"{len(self.classes)} classes"
        if len(self.classes) <= _MAX_CLASSES_SHOWN:
            classes = f"{classes} {' '.join(self.classes)}"
        n_unlabelled = int((self.labels < 0).sum())
        unlabelled = f", {n_unlabelled:,} without label" if n_unlabelled else ""
        return f"{self.name}: {len(self):,} images of {size} pixels, {classes}{unlabelled}"

    def _names(self) -> list[str]:
        return [self.classes[label] if label >= 0 else "?" for label in self.labels.tolist()]


def _to_index(key: Any) -> npt.NDArray[Any]:
    """Return a mask or indices as an array; raise TypeError for another key."""
    index = np.asarray(key)
    is_usable = index.ndim == 1 and (not index.size or index.dtype.kind in "iub")
    if not is_usable or isinstance(key, tuple):
        raise TypeError(
            f"digits[{key!r}]: expected an index, a slice, a mask or a list of indices; such as "
            "digits[7], digits[:100], digits[digits.y == 3] or digits[[3, 1]]"
        )
    return index if index.size else index.astype(np.int64)
