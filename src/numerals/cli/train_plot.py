"""``numerals train --plot``: the learning curves of a network as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING

from numerals.cli.console import warn
from numerals.cli.usage import UsageError
from numerals.files import make_parent_folder

if TYPE_CHECKING:
    from numerals.classifiers.estimator_files import EstimatorModel


def check_plot(method: str, path: Path) -> None:
    """Raise an error if the method has no learning curves, or the file cannot be written."""
    from numerals.classifiers import METHODS

    if not METHODS[method].has_epochs:
        known = [name for name, each in METHODS.items() if each.has_epochs]
        raise UsageError(
            f"--plot draws accuracy and loss by epoch, but {method} is not trained in epochs; "
            f"choose {', '.join(known)}, or numerals compare --curve for accuracy by training size"
        )
    make_parent_folder(path)


def write_learning_curves(model: "EstimatorModel", path: Path) -> None:
    """Draw the history of a fitted model to a PNG file; warn if it has none."""
    from numerals.classifiers.training_history import find_history
    from numerals.displays import plot_history_panels
    from numerals.displays.chart_style import render_figure
    from numerals.reports.figure_files import to_png

    history = find_history(model.estimator)
    if not history:
        warn(f"{path}: not written, because these settings train without epochs")
        return
    to_png(render_figure(plot_history_panels, history), path)
    warn(f"wrote {path}")
    if "validation_accuracy" not in history[0]:
        early = "validation_fraction=0.1" if "accuracy" in history[0] else "early_stopping=true"
        warn(f"no digits were held out; --set {early} adds their accuracy to the curves")
