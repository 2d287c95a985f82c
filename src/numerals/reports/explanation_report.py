"""An explanation as one self-contained HTML page, and its figures as PNG files."""

import io
from pathlib import Path

import numpy as np

from numerals.classifiers import METHODS
from numerals.explain.digit_explanation import DigitExplanation
from numerals.explain.example_selection import MOST_OF_A_CLASS
from numerals.explain.model_explanation import ModelExplanation
from numerals.reports.explanation_figures import digit_key, explanation_figures, plain_classes
from numerals.reports.explanation_text import digit_name
from numerals.reports.figure_files import write_whole
from numerals.reports.html_page import Captioned, Section, to_png, write_page

_SOURCES = {
    "weight times ink": "Weight times ink is exact: a linear model's score is the sum of these"
    " products, and of its score of the empty picture.",
    "integrated gradients": "Integrated gradients follow the logit from an empty picture to the"
    " digit and say what each pixel added (Sundararajan, Taly and Yan, 2017). They see ink alone:"
    " where there is none, there is nothing to add.",
    "nearest images": "The nearest image of the answer and the nearest of the other class (of any"
    " other, on the left) are compared pixel by pixel; the differences add up to that of the two"
    " distances, in units of full ink.",
    "occlusion": "Occlusion covers the digit, square by square, with the mean training image, and"
    " measures how far the log-odds fall (after Zeiler and Fergus, 2014). It needs nothing but the"
    " probabilities, of which the smallest count as one in a billion, and also sees where missing"
    " ink matters.",
}

_PROTOTYPES = (
    f"Chosen from the first {MOST_OF_A_CLASS:,} images of each class by the building phase of PAM"
    " (Kaufman and Rousseeuw, 1990), with Euclidean distances between pixels."
)


def write_explanation(
    explanation: ModelExplanation, page: Path | None = None, pictures: Path | None = None
) -> list[Path]:
    """Write an explanation to be looked at.

    Parameters
    ----------
    explanation : ModelExplanation
    page : Path, optional
        The HTML file; it needs no other file and no network.
    pictures : Path, optional
        A folder for one PNG of each figure.

    Returns
    -------
    list of Path
        What was written.
    """
    figures = explanation_figures(explanation)
    written = []
    if page is not None:
        title = f"What {explanation.name} sees in {explanation.digits.name}"
        write_page(page, title, _lead(explanation), _sections(explanation, figures))
        written.append(page)
    if pictures is not None:
        for name, captioned in figures.items():
            path = pictures / f"{name}.png"
            to_png(captioned.figure, path)
            written.append(path)
    return written


def _lead(explanation: ModelExplanation) -> str:
    train = f"Evidence comes from {len(explanation.train):,} images of {explanation.train.name}."
    if explanation.accuracy is None:
        return train
    share = 100 * explanation.accuracy.accuracy
    return f"{share:.2f} % of {explanation.n_measured:,} digits are answered rightly. {train}"


def _sections(explanation: ModelExplanation, figures: dict[str, Captioned]) -> list[Section]:
    found = []
    if "coefficients" in figures:
        text = _coefficients_text(explanation)
        found.append(Section("What it weighs", text, [figures["coefficients"]]))
    classes = plain_classes(explanation)
    for digit in explanation.explained:
        name, key = digit_name(digit), digit_key(digit)
        heading = f"{name[0].upper()}{name[1:]}: {classes[digit.answer]}, why not"
        found.append(
            Section(
                f"{heading} {classes[digit.other]}?",
                _verdict(digit, classes),
                [figures[f"{key}-reasons"], figures[f"{key}-evidence"]],
            )
        )
    if "classes" in figures:
        found.append(Section("What speaks for each class", "", [figures["classes"]]))
    found.append(Section("Prototypes", _PROTOTYPES, [figures["prototypes"]]))
    if "hardest" in figures:
        found.append(Section("The hardest of each class", "", [figures["hardest"]]))
    methods = [_SOURCES[method] for method, _ in explanation.methods]
    return [*found, Section("How this was made", "\n\n".join(methods))]


def _coefficients_text(explanation: ModelExplanation) -> str:
    names = (explanation.name, explanation.beside_name)
    methods = [f"{name}: {METHODS[name].summary}." for name in names if name in METHODS]
    return "\n\n".join(["The coefficients of each class, brought back to pixels.", *methods])


def _verdict(digit: DigitExplanation, classes: tuple[str, ...]) -> str:
    answer, runner_up, truth = digit.answer, digit.runner_up, digit.query.truth
    text = (
        f"The answer is {classes[answer]} ({digit.proba[answer]:.3f}), the runner-up"
        f" {classes[runner_up]} ({digit.proba[runner_up]:.3f})."
    )
    if truth is None:
        return text
    return f"{text} The label is {classes[truth]}: {'right' if truth == answer else 'wrong'}."


def write_maps(explanation: ModelExplanation, path: Path) -> None:
    """Write every map of an explanation as an array of an ``.npz`` file, whole or not at all."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **explanation.maps())
    write_whole(path, buffer.getvalue())
