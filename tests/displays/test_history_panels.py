import pytest

pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

from numerals.displays import plot_history_panels
from numerals.displays.chart_style import render_figure

ROW = {"epoch": 1, "loss": 0.5, "accuracy": 0.8, "validation_accuracy": 0.9, "learning_rate": 0.01}


@pytest.mark.parametrize(
    ("left_out", "panels"),
    [
        ((), ["accuracy", "loss", "learning rate"]),
        (("validation_accuracy",), ["accuracy", "loss", "learning rate"]),
        (("accuracy", "validation_accuracy", "learning_rate"), ["loss"]),
    ],
)
def test_there_is_a_panel_for_what_the_rows_have(left_out, panels):
    rows = [{key: value for key, value in ROW.items() if key not in left_out}] * 2
    figure = render_figure(plot_history_panels, rows)
    assert [axes.get_ylabel() for axes in figure.axes] == panels
    lines = [len(axes.lines) for axes in figure.axes]
    assert lines[0] == (2 if not left_out else 1) and set(lines[1:]) <= {1}


def test_an_empty_history_is_an_error():
    with pytest.raises(ValueError, match="no epochs"):
        plot_history_panels([])
