"""The explanation of a model: the results from which reports and JSON are made."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numerals.errors import UnknownNameError
from numerals.evaluation import DigitAccuracy
from numerals.explain.attribution import Attribution
from numerals.explain.coefficients import LinearScores
from numerals.explain.digit_explanation import DigitExplanation
from numerals.explain.example_selection import HardExample
from numerals.models import Model
from numerals.records import Digits
from numerals.scripts import to_ascii_digits

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class ClassExample:
    """A correctly classified digit of a class, with attributions of that class's score.

    Attributes
    ----------
    index : int
        Index of the digit in the data set.
    label : int
    attributions : tuple of Attribution
        One for each method.
    """

    index: int
    label: int
    attributions: tuple[Attribution, ...]


@dataclass(frozen=True, eq=False, repr=False)
class ModelExplanation:
    """Result of `explain_model`.

    Attributes
    ----------
    model : Model
    name : str
        Name of the model.
    digits, train : Digits
        The digits explained, and the training images for evidence and prototypes.
    methods : tuple of (str, str)
        Names of the attribution methods, and the units of their scores.
    n_measured : int
        Number of `digits`, the first ones, that were classified for `accuracy` and `hardest`.
    accuracy : DigitAccuracy or None
        None if `digits` have no labels.
    means : ndarray of float64, shape (n_classes, height, width)
        Mean training image of each class, grey levels; after the preprocessing of a linear model.
    linear, beside : LinearScores or None
        Weights of the model, if it is linear, and of the second model shown beside it.
    beside_name : str
        Name of the second model.
    examples : tuple of ClassExample
        At most one for each class.
    prototypes : tuple of tuple of int
        Indices into `train`, for each class.
    hardest : tuple of tuple of HardExample
        For each class; empty if `digits` have no labels.
    explained : tuple of DigitExplanation
    """

    model: Model
    name: str
    digits: Digits
    train: Digits
    methods: tuple[tuple[str, str], ...]
    n_measured: int
    accuracy: DigitAccuracy | None
    means: npt.NDArray[np.float64]
    linear: LinearScores | None
    beside: LinearScores | None
    beside_name: str
    examples: tuple[ClassExample, ...]
    prototypes: tuple[tuple[int, ...], ...]
    hardest: tuple[tuple[HardExample, ...], ...]
    explained: tuple[DigitExplanation, ...]

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes with ASCII digits, which every font has."""
        return tuple(to_ascii_digits(name) for name in self.model.classes)

    def plot(self, name: str | None = None) -> npt.NDArray[Any]:
        """Draw one of the figures of the explanation.

        Parameters
        ----------
        name : str, optional
            A key of `plots`; by default the first one: the coefficients of a linear model, else
            the reasons for the first digit that is explained.

        Returns
        -------
        ndarray of Axes
            Of a new figure.

        Raises
        ------
        UnknownNameError
            If there is no such figure.
        """
        plots = self.plots()
        name = next(iter(plots)) if name is None else name
        if name not in plots:
            raise UnknownNameError("figure", name, plots)
        return np.array(plots[name]().axes)

    def plots(self) -> "dict[str, Callable[[], Figure]]":
        """Return the functions that draw the figures, by name.

        Returns
        -------
        dict of str to callable
            ``coefficients`` (of a linear model), for each explained digit ``<digit>-reasons`` and
            ``<digit>-evidence`` (``image-7-reasons``), ``classes``, ``prototypes``, ``hardest``.
        """
        from numerals.explain import explanation_plots as plots

        classes, train = self.class_names, self.train.images
        found: dict[str, Callable[[], Figure]] = {}
        if self.linear is not None:
            both = ((self.name, self.linear), (self.beside_name, self.beside))
            shown = [(name, scores) for name, scores in both if scores is not None]
            found["coefficients"] = partial(plots.plot_coefficients, shown, self.means, classes)
        for digit in self.explained:
            found[f"{digit.key}-reasons"] = digit.draw
            found[f"{digit.key}-evidence"] = partial(plots.plot_evidence, digit, train, classes)
        if self.examples:
            found["classes"] = partial(
                plots.plot_class_examples,
                [classes[example.label] for example in self.examples],
                self.digits.images[[example.index for example in self.examples]],
                [example.attributions for example in self.examples],
                self.methods,
            )
        found["prototypes"] = partial(plots.plot_prototypes, self.prototypes, train, classes)
        if self.hardest:
            images = self.digits.images
            found["hardest"] = partial(plots.plot_hardest, self.hardest, images, classes)
        return found

    def __repr__(self) -> str:
        accuracy = self.accuracy
        measured = "" if accuracy is None else f", accuracy {100 * accuracy.accuracy:.2f} %"
        explained = ", ".join(digit.name for digit in self.explained)
        return f"ModelExplanation({self.name} on {self.digits.name}{measured}, of {explained})"

    def _repr_html_(self) -> str:
        """Return the coefficients or the examples of the classes, and the digits, for notebooks."""
        from numerals.displays.html import below_html, figure_html, text_html

        plots = self.plots()
        names = [name for name in plots if name in ("coefficients", "classes")][:1]
        names += [name for name in plots if name.endswith("-reasons")]
        return below_html(text_html(repr(self)), *(figure_html(plots[n], n) for n in names))

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers, without the maps, ready for JSON."""
        classes = self.model.classes
        accuracy = self.accuracy
        return {
            "model": self.name,
            "data": self.digits.name,
            "n_measured": self.n_measured,
            "train": self.train.name,
            "n_train": len(self.train),
            "accuracy": None if accuracy is None else round(accuracy.accuracy, 6),
            "methods": [{"method": method, "unit": unit} for method, unit in self.methods],
            "linear": self.linear is not None,
            "digits": [digit.to_dict(classes) for digit in self.explained],
            "prototypes": {classes[c]: list(indices) for c, indices in enumerate(self.prototypes)},
            "hardest": {
                classes[c]: [example.to_dict(classes) for example in examples]
                for c, examples in enumerate(self.hardest)
            },
        }

    def maps(self) -> dict[str, npt.NDArray[np.float64]]:
        """Return all maps by name, each of shape (..., height, width)."""
        maps = {"class_means": self.means}
        for name, scores in (("coefficients", self.linear), ("coefficients_beside", self.beside)):
            if scores is not None:
                maps[name] = scores.weights
        for digit in self.explained:
            name = "picture" if digit.query.index is None else f"digit{digit.query.index}"
            for attribution in digit.attributions:
                method = attribution.method.replace(" ", "-")
                maps[f"{name}-{method}-answer"] = attribution.answer.values
                maps[f"{name}-{method}-contrast"] = attribution.contrast.values
        return maps
