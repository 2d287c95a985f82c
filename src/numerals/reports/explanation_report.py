"""Write the explanation of a model as an HTML page, PNG files and arrays."""

import io
from pathlib import Path

import numpy as np

from numerals.classifiers import METHODS
from numerals.explain.digit_explanation import DigitExplanation
from numerals.explain.example_selection import MAX_PROTOTYPE_CANDIDATES
from numerals.explain.model_explanation import ModelExplanation
from numerals.reports.explanation_figures import draw_explanation
from numerals.reports.figure_files import to_png, write_report_file
from numerals.reports.html_page import CaptionedFigure, PageSection, write_page
from numerals.reports.text_tables import percent

_METHOD_TEXTS = {
    "weight times ink": "Weight times ink is exact: the score of a linear model is the sum of these"
    " products and of its score of the empty picture.",
    "integrated gradients": "Integrated gradients integrate the gradient of the logit from the"
    " empty picture to the digit (Sundararajan, Taly and Yan, 2017). Pixels without ink get no"
    " attribution.",
    "nearest images": "The nearest image of the answer's class and the nearest image of the"
    " contrast class (in the left column: of any other class) are compared pixel by pixel. The"
    " differences sum to the difference of the two distances, in units of full ink.",
    "occlusion": "Occlusion covers the digit, square by square, with the mean training image and"
    " measures the decrease of the log-odds (after Zeiler and Fergus, 2014). It needs only the"
    " probabilities, which are at least 1e-9 in the log-odds, and also shows where missing ink"
    " matters.",
}

_PROTOTYPES_TEXT = (
    f"Chosen from the first {MAX_PROTOTYPE_CANDIDATES:,} images of each class by the BUILD phase of"
    " PAM (Kaufman and Rousseeuw, 1990), with Euclidean distances between pixels."
)


def write_explanation(
    explanation: ModelExplanation, page: Path | None = None, pictures: Path | None = None
) -> list[Path]:
    """Write an explanation as an HTML page and as PNG files.

    Parameters
    ----------
    explanation : ModelExplanation
    page : Path, optional
        The HTML file; self-contained.
    pictures : Path, optional
        Folder for one PNG file of each figure.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    DataError
        If a file cannot be written.
    """
    figures = draw_explanation(explanation)
    written = []
    if page is not None:
        title = f"Explanation of {explanation.name} on {explanation.digits.name}"
        write_page(page, title, _lead(explanation), _sections(explanation, figures))
        written.append(page)
    if pictures is not None:
        for name, captioned in figures.items():
            path = pictures / f"{name}.png"
            to_png(captioned.figure, path)
            written.append(path)
    return written


def write_maps(explanation: ModelExplanation, path: Path) -> None:
    """Write the maps of an explanation to an ``.npz`` file atomically.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **explanation.maps())
    write_report_file(path, buffer.getvalue())


def _lead(explanation: ModelExplanation) -> str:
    train = (
        f"Evidence and prototypes come from {len(explanation.train):,} images of"
        f" {explanation.train.name}."
    )
    if explanation.accuracy is None:
        return train
    accuracy = percent(explanation.accuracy.accuracy)
    return f"Accuracy on {explanation.n_measured:,} digits: {accuracy} %. {train}"


def _sections(
    explanation: ModelExplanation, figures: dict[str, CaptionedFigure]
) -> list[PageSection]:
    sections = []
    if "coefficients" in figures:
        text = _coefficients_text(explanation)
        sections.append(PageSection("Coefficients", text, [figures["coefficients"]]))
    classes = explanation.class_names
    for digit in explanation.explained:
        name, key = digit.name, digit.key
        heading = f"{name[0].upper()}{name[1:]}: {classes[digit.answer]}, why not"
        sections.append(
            PageSection(
                f"{heading} {classes[digit.other]}?",
                _answer_text(digit, classes),
                [figures[f"{key}-reasons"], figures[f"{key}-evidence"]],
            )
        )
    if "classes" in figures:
        sections.append(PageSection("Attributions of each class", "", [figures["classes"]]))
    sections.append(PageSection("Prototypes", _PROTOTYPES_TEXT, [figures["prototypes"]]))
    if "hardest" in figures:
        sections.append(PageSection("Hardest digits of each class", "", [figures["hardest"]]))
    texts = [_METHOD_TEXTS[method] for method, _ in explanation.methods]
    return [*sections, PageSection("Methods", "\n\n".join(texts))]


def _coefficients_text(explanation: ModelExplanation) -> str:
    names = (explanation.name, explanation.beside_name)
    methods = [f"{name}: {METHODS[name].summary}." for name in names if name in METHODS]
    return "\n\n".join(["Coefficients of each class as weights of pixels.", *methods])


def _answer_text(digit: DigitExplanation, classes: tuple[str, ...]) -> str:
    answer, runner_up, truth = digit.answer, digit.runner_up, digit.query.truth
    text = (
        f"The answer is {classes[answer]} ({digit.proba[answer]:.3f}), the runner-up"
        f" {classes[runner_up]} ({digit.proba[runner_up]:.3f})."
    )
    if truth is None:
        return text
    return f"{text} The label is {classes[truth]}: {'correct' if truth == answer else 'wrong'}."
