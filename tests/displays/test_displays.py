import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

import matplotlib.pyplot as plt

from numerals.displays import CalibrationDisplay, ConfusionDisplay
from numerals.displays.chart_style import render_figure
from numerals.displays.image_grid import plot_images


class Guesser:
    classes_ = np.array(["a", "b"])

    def predict_proba(self, X):
        return np.column_stack([1 - X[:, 0], X[:, 0]])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


X = np.array([[0.1], [0.3], [0.8], [0.9]])
Y = np.array(["a", "b", "b", "b"])


def test_confusion_of_an_estimator_and_of_predictions():
    display = ConfusionDisplay.from_estimator(Guesser(), X, Y)
    assert display.confusion.tolist() == [[1, 0], [1, 2]]
    assert display.display_labels == ("a", "b")
    assert display.figure_ is display.ax_.figure
    same = ConfusionDisplay.from_predictions(Y, Guesser().predict(X), display_labels=["A", "B"])
    assert same.confusion.tolist() == display.confusion.tolist()
    assert [t.get_text() for t in same.ax_.get_xticklabels()] == ["A", "B"]


def test_calibration_of_an_estimator_counts_its_answers():
    display = CalibrationDisplay.from_estimator(Guesser(), X, Y, n_bins=2)
    [only] = display.bins
    assert (only.n_images, only.accuracy) == (4, 0.75)
    assert only.confidence == pytest.approx(0.825)


def test_displays_draw_into_given_axes():
    figure, (left, right) = plt.subplots(1, 2)
    assert ConfusionDisplay.from_predictions([0, 1], [0, 1], ax=left).ax_ is left
    assert CalibrationDisplay.from_estimator(Guesser(), X, Y, ax=right).ax_ is right
    assert len(plt.get_fignums()) == 1
    figure.draw_without_rendering()


def test_figures_of_reports_stay_out_of_pyplot():
    figure = render_figure(plot_images, np.zeros((2, 4, 4), np.uint8))
    assert figure.get_facecolor()[3] == 0
    assert plt.get_fignums() == []
    assert plot_images(np.zeros((2, 4, 4), np.uint8)).figure is plt.gcf()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ConfusionDisplay.from_predictions([0, 1], [0]), "2 true and 1 predicted"),
        (
            lambda: ConfusionDisplay.from_predictions([0, 1], [0, 1], display_labels="abc"),
            "3 display_labels for 2 classes",
        ),
        (lambda: ConfusionDisplay.from_predictions([], []), "at least one"),
        (lambda: CalibrationDisplay.from_predictions([], np.zeros((0, 2))), "at least one"),
        (lambda: CalibrationDisplay.from_predictions([0], [[0.5, 0.5]], classes=[1]), "1 classes"),
    ],
)
def test_inputs_that_do_not_match_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
