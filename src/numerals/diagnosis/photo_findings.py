"""Findings about the photograph of a number: size, contrast, noise, polarity, border, other ink."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from numerals.diagnosis.explanation import Finding
from numerals.diagnosis.percent_text import percent
from numerals.diagnosis.photo_properties import measure_photo

MIN_CONTRAST = 0.25
"""Contrast below which ink is faint: it is less than a quarter darker than the paper."""
MAX_NOISE = 0.25
"""Noise above which paper is rough, relative to the contrast of the ink."""
MIN_DIGIT_HEIGHT = 6
"""Height below which what was read is hardly a digit, pixels."""
MIN_OTHER_INK = 0.05
"""Share of other ink in a picture of one digit from which it is mentioned."""
MIN_MARKED_COLUMNS = 0.15
"""Share of the columns of a strip with ink at its top or bottom from which other marks disturb."""
MIN_LOST_INK = 0.25
"""Share of other ink from which it may be a part of the digit."""


def photo_findings(
    gray: npt.NDArray[np.uint8], height: float, needed_height: float, subject: str
) -> Iterator[Finding]:
    """Yield findings about the size, the contrast and the noise of a number in a picture.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        The number with some paper around; dark ink.
    height : float, pixels
        Height of its digits in the original picture.
    needed_height : float, pixels
        Height of the digits in the model's input.
    subject : {"digit", "digits"}
    """
    yield _size_finding(height, needed_height, subject)
    photo = measure_photo(gray)
    if photo is None:
        return
    is_faint = photo.contrast < MIN_CONTRAST
    yield Finding(
        "contrast",
        "unusual" if is_faint else "typical",
        f"The ink is {percent(photo.contrast)} darker than the paper{': it is faint' * is_faint}.",
        "Use a darker pen and more light." if is_faint else "",
        value=photo.contrast,
    )
    is_noisy = photo.noise > MAX_NOISE
    yield Finding(
        "noise",
        "unusual" if is_noisy else "typical",
        f"The paper varies by {percent(photo.noise)} of the contrast of the ink"
        f"{': texture, rules, shadows or print' * is_noisy}.",
        "Use plain paper and even light." if is_noisy else "",
        value=photo.noise,
    )


def _size_finding(height: float, needed_height: float, subject: str) -> Finding:
    verb, pronoun = ("is", "it") if subject == "digit" else ("are", "them")
    text = f"The {subject} {verb} {height:.0f} pixels high"
    if height < MIN_DIGIT_HEIGHT:
        text += ": a rule or a speck may have been taken for it."
        return Finding("size", "unusual", text, "Crop the picture to the number.", value=height)
    text += f"; the model sees {pronoun} {needed_height:.0f} high"
    if height >= needed_height:
        return Finding("size", "typical", f"{text}.", value=height)
    advice = "Photograph closer, or scan with a higher resolution."
    return Finding("size", "unusual", f"{text}, enlarged without detail.", advice, value=height)


def polarity_finding(is_inverted: bool) -> Finding:
    """Return whether the ink is brighter than the paper."""
    if is_inverted:
        text = "The ink is brighter than the paper, as on a blackboard; the reader inverted it."
        return Finding("polarity", "handled", text)
    return Finding("polarity", "typical", "The ink is darker than the paper.")


def other_marks_finding(share: float) -> Finding:
    """Return whether marks above or below a line reach into its strip.

    Parameters
    ----------
    share : float in [0, 1]
        Share of the columns of the strip with ink at its top or bottom.
    """
    if share < MIN_MARKED_COLUMNS:
        text = "No marks above or below the number reach into its strip."
        return Finding("other_marks", "typical", text, value=share)
    text = (
        f"Marks above or below the number reach into {percent(share)} of the columns of its strip: "
        "a rule, other writing, or the border of the picture."
    )
    advice = "Leave blank paper above and below the number."
    return Finding("other_marks", "unusual", text, advice, value=share)


def border_finding(sides: Sequence[str]) -> Finding:
    """Return whether the ink touches sides of the picture."""
    if not sides:
        return Finding("border", "typical", "The ink does not touch the border of the picture.")
    names = " and ".join(sides)
    return Finding(
        "border",
        "unusual",
        f"The ink touches the {names} border of the picture, so part of it may be cut off.",
        "Leave some paper around the number.",
    )


def other_ink_finding(share: float) -> Finding:
    """Return whether a picture of one digit has other ink."""
    if share < MIN_OTHER_INK:
        text = "Almost all ink in the picture belongs to the digit."
        return Finding("other_ink", "typical", text, value=share)
    text = f"{percent(share)} of the ink in the picture does not belong to the digit"
    advice = "Crop the picture to the digit, or use paper without rules and print."
    if share < MIN_LOST_INK:
        return Finding("other_ink", "handled", f"{text} and was ignored.", advice, value=share)
    text = f"{percent(share)} of the ink in the picture was ignored; it may be a part of the digit."
    return Finding("other_ink", "unusual", text, advice, value=share)
