from dataclasses import dataclass, field

import numpy as np
import pytest

from numerals.errors import DataError, ModelError
from numerals.evaluation import evaluate_model, match_digits
from numerals.records import Digits

KANNADA = tuple("೦೧೨೩೪೫೬೭೮೯")


@dataclass(frozen=True)
class BrightnessModel:
    """Predicts the column of the brightest pixel in the first row."""

    classes: tuple[str, ...] = tuple("0123456789")
    script: str = "latin"
    image_shape: tuple[int, int] = (28, 28)
    metadata: dict[str, str] = field(default_factory=dict)

    def predict_proba(self, images):
        assert images.dtype == np.uint8 and images.shape[1:] == self.image_shape
        row = images[:, 0, : len(self.classes)].astype(np.float32)
        return row / row.sum(axis=1, keepdims=True).clip(1)


def make_digits(labels, side=28, **more):
    labels = np.array(labels, np.int64)
    images = np.zeros((len(labels), side, side), np.uint8)
    images[np.arange(len(labels)), 0, labels.clip(0)] = 200
    return Digits(images, labels, **more)


def test_answers_are_compared_with_labels():
    evaluation = evaluate_model(BrightnessModel(), make_digits([3, 1, 4]))
    assert evaluation.accuracy.accuracy == 1
    assert evaluation.proba.shape == (3, 10)
    assert evaluation.risk_coverage().risk.tolist() == [0]
    assert evaluation.to_dict()["class_names"][3] == "3"


def test_progress_is_tracked_in_batches():
    steps = []

    def track(batches, total, title):
        for batch in batches:
            steps.append((len(batch), total, title))
            yield batch

    evaluate_model(BrightnessModel(), make_digits([1] * 700), track=track)
    assert steps == [(500, 2, "classifying"), (200, 2, "classifying")]


def test_digits_of_another_script_are_matched_by_value():
    matched = match_digits(make_digits([7, 0], classes=KANNADA), BrightnessModel())
    assert matched.labels.tolist() == [7, 0]
    assert matched.classes == tuple("0123456789")


def test_classes_are_matched_by_name_not_by_index():
    digits = make_digits([0, 1], classes=("9", "2"))
    assert match_digits(digits, BrightnessModel()).labels.tolist() == [9, 2]


def test_unknown_classes_are_named():
    digits = make_digits([0, 1], classes=("a", "7"))
    with pytest.raises(DataError, match="has the classes a, which the model does not know"):
        match_digits(digits, BrightnessModel())
    assert match_digits(make_digits([1], classes=("a", "7")), BrightnessModel()).labels == [7]


def test_images_of_other_sizes_are_normalized_as_in_mnist():
    digits = make_digits([1, 2], side=32)
    matched = match_digits(digits, BrightnessModel())
    assert matched.images.shape == (2, 28, 28)
    with pytest.raises(DataError, match="32x32 pixels, but the model takes 8x8"):
        match_digits(digits, BrightnessModel(image_shape=(8, 8)))


def test_digits_without_labels_are_rejected():
    with pytest.raises(DataError, match="1 of 2 digits have no label"):
        evaluate_model(BrightnessModel(), make_digits([1, -1]))
    with pytest.raises(DataError, match="holds no digits"):
        evaluate_model(BrightnessModel(), make_digits([]))


def test_a_fitted_classifier_is_evaluated_with_the_classes_of_the_data():
    pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
    from numerals.classifiers import make_classifier

    digits = make_digits(np.arange(20) % 3, side=6, classes=("a", "b", "c"), name="<rows>")
    fitted = make_classifier("cosine").fit(digits.images, digits.y)
    evaluation = evaluate_model(fitted, digits)
    assert evaluation.accuracy.accuracy == 1
    assert evaluation.model.metadata == {"name": "Neighbors"}
    assert repr(evaluation) == "Evaluation(<rows>: 100.00 % of 20 digits, 0 wrong)"
    other = make_classifier("cosine").fit(digits.images, digits.y + 5)
    with pytest.raises(ModelError, match=r"fit it with digits\.y"):
        evaluate_model(other, digits)


def test_an_evaluation_draws_itself():
    pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")
    evaluation = evaluate_model(BrightnessModel(), make_digits([3, 1, 4], name="<b>"))
    html = evaluation._repr_html_()
    assert "&lt;b&gt;" in html and "100.00 %" in html and "data:image/png" in html
    for plot in (
        evaluation.plot_confusion,
        evaluation.plot_calibration,
        evaluation.plot_risk_coverage,
    ):
        axes = plot()
        assert plot(ax=axes) is axes


def test_errors_are_counted_by_writer_if_writers_are_known():
    digits = make_digits([1, 2, 3], writers=np.array([5, 6, 6]))
    digits.images[2, 0] = np.roll(digits.images[2, 0], 1)  # read as 4
    evaluation = evaluate_model(BrightnessModel(), digits)
    assert [each["writer"] for each in evaluation.to_dict()["writers"]] == [6, 5]
    assert "writers" not in evaluate_model(BrightnessModel(), make_digits([1])).to_dict()
