"""Which script numbers are written in: the one whose digits the ink looks like most."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from numerals.ink import Component, InkLine
from numerals.models import SHIPPED, Model, packaged_scripts
from numerals.reading.digit_model_input import to_images, width_ratio_of

AUTO = "auto"
"""In place of a script's name: whichever it is."""

_MOST = 60  # pieces of ink that are looked at
_HIGH = 0.6  # line heights: what is lower is a dot, a dash, or a letter
_WIDE = 2.2  # of its height: what is wider is more than one digit
_FLOOR = 1e-4  # one piece that is no digit at all does not decide


def installed_scripts() -> tuple[str, ...]:
    """Return the scripts whose digit models ship, or that an installed package offers."""
    return (*SHIPPED, *sorted(packaged_scripts() - set(SHIPPED)))


def is_installed(model: object) -> bool:
    """Whether this is the name of an installed script, or ``"auto"``."""
    if not isinstance(model, str):
        return False
    return model == AUTO or model in SHIPPED or model in packaged_scripts()


def select_single_digits(lines: Sequence[InkLine]) -> list[Component]:
    """Return pieces of ink that are probably one digit each, of the first lines."""
    pieces = [
        component
        for line in lines
        for component in line.components
        if component.height > _HIGH * line.height and component.width < _WIDE * component.height
    ]
    return pieces[:_MOST]


def script_proba(components: Sequence[Component], models: Mapping[str, Model]) -> dict[str, float]:
    """Return how probable each script is, all being as frequent.

    Parameters
    ----------
    components : sequence of Part
        Single digits.
    models : mapping of str to Model
        Digit models of 28x28, by script.

    Returns
    -------
    dict of str to float
        All alike where there are no parts. For each digit, the probability of its best class
        stands for how well the script explains it: 6 digits tell Latin, Kannada, Bangla and
        Devanagari apart.
    """
    if not components:
        return dict.fromkeys(models, 1 / len(models))
    widths = {width_ratio_of(model) for model in models.values()}
    images = {width_ratio: to_images(components, width_ratio) for width_ratio in widths}
    evidence = np.array(
        [_evidence(model, images[width_ratio_of(model)]) for model in models.values()]
    )
    likelihood = np.exp(evidence - evidence.max())
    return dict(zip(models, (likelihood / likelihood.sum()).tolist(), strict=True))


def _evidence(model: Model, images: npt.NDArray[np.uint8]) -> float:
    # Some models have one column more, for what is no digit.
    best = model.predict_proba(images)[:, : len(model.classes)].max(axis=1)
    return float(np.log(np.maximum(best, _FLOOR)).sum())
