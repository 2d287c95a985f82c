import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from inline_trials import inline_trials
from numerals.errors import DataError
from numerals.lab.accuracy_curve import curve_sizes, measure_curve, stratified_order
from numerals.lab.candidate import parse_candidate
from numerals.lab.comparison import compare


@pytest.mark.parametrize(
    ("n_train", "sizes"),
    [
        (60_000, (100, 300, 1000, 3000, 10_000, 30_000, 60_000)),
        (1000, (100, 300, 1000)),
        (101, (100, 101)),
        (50, (50,)),
    ],
)
def test_default_sizes_are_spaced_evenly_on_a_logarithmic_axis(n_train, sizes):
    assert curve_sizes(n_train) == sizes


def test_every_beginning_of_the_order_is_stratified():
    labels = np.repeat([0, 1, 2], [50, 30, 20])  # sorted by class
    order = stratified_order(labels)
    assert sorted(order.tolist()) == list(range(100))
    for size in (10, 20, 50):
        counts = np.bincount(labels[order[:size]], minlength=3)
        np.testing.assert_allclose(counts, size * np.array([0.5, 0.3, 0.2]), atol=1)
    assert (stratified_order(labels, 1) != order).any()


@pytest.fixture(scope="module")
def measured(known_fonts, other_fonts):
    names = ["euclidean", "manhattan:n_neighbors=100", "latin"]
    candidates = [parse_candidate(name) for name in names]
    ends = []
    with inline_trials():
        comparison = compare(candidates, known_fonts, other_fonts)
        curve = measure_curve(comparison, candidates, known_fonts, (300, 50), on_end=ends.append)
    return comparison, curve, ends


def test_the_last_point_is_the_comparison(measured):
    comparison, curve, ends = measured
    points = curve.by_method()["euclidean"]
    assert [point.n_train for point in points] == [50, 300]
    entry = next(each for each in comparison.entries if each.title == "euclidean")
    assert (points[1].accuracy, points[1].interval) == (
        entry.accuracy.accuracy,
        entry.accuracy.interval,
    )
    assert points[0].accuracy < points[1].accuracy
    assert ends == [points[0]]


def test_a_failed_fit_is_reported_with_its_size(measured):
    _, curve, _ = measured
    [(fit, message)] = curve.failures.items()
    assert fit == "manhattan:n_neighbors=100, 50 digits" and "n_neighbors=100" in message
    assert [point.n_train for point in curve.by_method()["manhattan:n_neighbors=100"]] == [300]
    assert curve.to_dict()["failures"] == {fit: message}


def test_a_curve_is_drawn_with_a_line_for_each_method(measured):
    pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")
    from numerals.displays.chart_style import render_figure

    _, curve, _ = measured
    [axes] = render_figure(curve.plot).axes
    assert next(len(line.get_xdata()) for line in axes.lines) == 2
    assert {"euclidean", "manhattan:n_neighbors=100"} <= {text.get_text() for text in axes.texts}


@pytest.mark.parametrize("sizes", [(1, 50), (50, 301), ()])
def test_sizes_out_of_range_are_errors(measured, known_fonts, sizes):
    with pytest.raises(DataError, match="must be between 2 and the 300 training digits"):
        measure_curve(measured[0], [], known_fonts, sizes)
