"""Detect the script of handwritten numbers: the one whose digit model fits best."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from numerals.ink import Component, InkLine
from numerals.models import SHIPPED_DIGIT_MODELS, Model, packaged_scripts
from numerals.reading.digit_model_input import normalize_components, width_ratio_of

AUTO = "auto"
"""Name of the choice to detect the script."""

MAX_SCRIPT_COMPONENTS = 60
"""Maximum number of components that are classified."""
MIN_SCRIPT_DIGIT_HEIGHT = 0.6
"""Minimum height of a digit, line heights; lower components are dots, dashes or letters."""
MAX_SCRIPT_DIGIT_ASPECT = 2.2
"""Maximum ratio of width to height of a digit; wider components are several digits."""
MIN_CLASS_PROBABILITY = 1e-4
"""Minimum probability of the best class, so that a single component cannot decide."""


def installed_scripts() -> tuple[str, ...]:
    """Return the scripts with a digit model, shipped or from an installed package."""
    return (*SHIPPED_DIGIT_MODELS, *sorted(packaged_scripts() - set(SHIPPED_DIGIT_MODELS)))


def is_installed_script(model: object) -> bool:
    """Return whether this is the name of an installed script, or ``"auto"``."""
    if not isinstance(model, str):
        return False
    return model == AUTO or model in SHIPPED_DIGIT_MODELS or model in packaged_scripts()


def select_single_digits(lines: Sequence[InkLine]) -> list[Component]:
    """Return components that are probably single digits, from the first lines of a page."""
    components = [
        component
        for line in lines
        for component in line.components
        if component.height > MIN_SCRIPT_DIGIT_HEIGHT * line.height
        and component.width < MAX_SCRIPT_DIGIT_ASPECT * component.height
    ]
    return components[:MAX_SCRIPT_COMPONENTS]


def script_proba(components: Sequence[Component], models: Mapping[str, Model]) -> dict[str, float]:
    """Return the probability of each script, with equal prior probabilities.

    The probability of the best class of each digit is the likelihood of the script. Six digits are
    enough to distinguish Latin, Kannada, Bangla and Devanagari.

    Parameters
    ----------
    components : sequence of Component
        Single digits.
    models : mapping of str to Model
        Digit models for 28x28 images, by script.

    Returns
    -------
    dict of str to float
        Uniform if there are no components.
    """
    if not components:
        return dict.fromkeys(models, 1 / len(models))
    width_ratios = {width_ratio_of(model) for model in models.values()}
    images = {
        width_ratio: normalize_components(components, width_ratio) for width_ratio in width_ratios
    }
    log_likelihoods = np.array(
        [_log_likelihood(model, images[width_ratio_of(model)]) for model in models.values()]
    )
    likelihood = np.exp(log_likelihoods - log_likelihoods.max())
    return dict(zip(models, (likelihood / likelihood.sum()).tolist(), strict=True))


def _log_likelihood(model: Model, images: npt.NDArray[np.uint8]) -> float:
    # Some models have an additional column for pictures of no digit.
    best = model.predict_proba(images)[:, : len(model.classes)].max(axis=1)
    return float(np.log(np.maximum(best, MIN_CLASS_PROBABILITY)).sum())
