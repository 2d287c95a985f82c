import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

from numerals.displays.accuracy_time import TimedAccuracy, plot_accuracy_against_time
from numerals.displays.calibration import plot_reliability
from numerals.displays.chart_style import render_figure
from numerals.displays.class_counts import plot_class_counts
from numerals.displays.confusion import plot_confusion
from numerals.displays.rejection import plot_risk_coverage
from numerals.evaluation import reliability_bins, risk_coverage
from numerals.reports.figure_files import to_svg


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_confusion_matrix_shows_counts_and_colors_only_errors():
    confusion = np.array([[5, 0, 2], [0, 7, 0], [8, 0, 0]])
    figure = render_figure(plot_confusion, confusion, ("೦", "೧", "೨"))
    [axes] = figure.axes
    assert sorted(texts(figure)) == ["2", "5", "7", "8"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "1", "2"]
    colored = [patch for patch in axes.patches if patch.get_facecolor()[3] > 0]
    assert len(colored) == 2
    assert colored[0].get_alpha() == pytest.approx(colored[1].get_alpha() / 2)


def test_confusion_matrix_without_errors_and_with_many_classes():
    assert texts(render_figure(plot_confusion, np.diag([3, 4]), "ab")) == ["3", "4"]
    assert (
        texts(
            render_figure(plot_confusion, np.ones((26, 26), int), [chr(97 + i) for i in range(26)])
        )
        == []
    )


def test_risk_coverage_curve_marks_the_coverage_at_each_limit():
    right = np.ones(1000, bool)
    right[-20:] = False
    figure = render_figure(
        plot_risk_coverage, risk_coverage(np.linspace(1, 0.5, 1000), right), (0.01, 0.0001)
    )
    assert texts(figure) == ["98.9 % accepted, 1 % wrong", "98.0 % accepted, 0.01 % wrong"]
    assert figure.axes[0].get_xlim()[0] > 0.9


def test_risk_coverage_curve_without_errors():
    figure = render_figure(
        plot_risk_coverage, risk_coverage(np.linspace(1, 0.5, 50), np.ones(50, bool)), (0.01,)
    )
    assert figure.axes[0].get_xlim()[0] == 0
    assert to_svg(figure).startswith("<svg")


def test_reliability_and_class_balance_are_drawn():
    rng = np.random.default_rng(0)
    confidence = rng.random(300)
    assert "<svg" in to_svg(
        render_figure(plot_reliability, reliability_bins(confidence, rng.random(300) < 0.5))
    )
    svg = to_svg(render_figure(plot_class_counts, {"train": [4, 5], "test": [1, 2]}, ("0", "1")))
    assert "train" in svg and "test" in svg


def test_labels_of_methods_do_not_overlap():
    points = [
        TimedAccuracy(f"method-{i}", 0.97 + i * 1e-4, (0.965, 0.975), 10.0 + i / 10)
        for i in range(4)
    ]
    figure = render_figure(
        plot_accuracy_against_time, [*points, TimedAccuracy("all", 1.0, (0.99, 1), 1.0, True)]
    )
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 5
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
