"""Learning curves."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from numerals.displays.chart_style import (
    ACCENT,
    FONT_SIZE,
    INK,
    MUTED,
    new_axes,
    new_figure,
    style_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_history(rows: Sequence[Mapping[str, float]], ax: "Axes | None" = None) -> "Axes":
    """Draw the accuracies and the loss of a training against the epoch.

    Parameters
    ----------
    rows : sequence of mapping of str to float
        One for each epoch, with ``epoch``, ``loss``, ``accuracy`` in [0, 1] and, if images were
        held out, ``validation_accuracy``.
    ax : Axes, optional
        By default the axes of a new figure. The loss has its own axis on the right.

    Returns
    -------
    Axes
        Those of the accuracies.

    Raises
    ------
    ValueError
        If there are no rows.
    """
    if not rows:
        raise ValueError("the history has no epochs, so there is no curve to draw; fit first")
    axes = new_axes(ax, 5.6, 3.4)
    style_axes(axes)
    right = axes.twinx()
    style_axes(right, grid="none")
    epochs = [row["epoch"] for row in rows]
    series = [
        (axes, "accuracy", "training accuracy", ACCENT, (0, (4, 2))),
        (axes, "validation_accuracy", "validation accuracy", ACCENT, "-"),
        (right, "loss", "training loss", MUTED, ":"),
    ]
    lines = [
        target.plot(
            epochs, [row[name] for row in rows], color=color, linestyle=style, label=label,
            linewidth=1.8, marker="o", markersize=3.5,
        )[0]
        for target, name, label, color, style in series
        if name in rows[0]
    ]  # fmt: skip
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.6g} %")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="epoch", ylabel="accuracy")
    right.set_ylabel("loss")
    axes.legend(
        handles=lines, frameon=False, fontsize=FONT_SIZE, labelcolor=INK, ncols=len(lines),
        loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, handlelength=2.4,
        columnspacing=1.2,
    )  # fmt: skip
    return axes


def plot_history_panels(rows: Sequence[Mapping[str, float]]) -> "Figure":
    """Draw a training in panels: accuracies, loss and learning rate against the epoch.

    Parameters
    ----------
    rows : sequence of mapping of str to float
        One for each epoch, as in `plot_history`, with ``learning_rate``. There is no panel for what
        the rows do not have.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If there are no rows.
    """
    if not rows:
        raise ValueError("the history has no epochs, so there is no curve to draw; fit first")
    panels = [
        (
            "accuracy",
            [("accuracy", MUTED, "training"), ("validation_accuracy", ACCENT, "held out")],
        ),
        ("loss", [("loss", MUTED, "training")]),
        ("learning rate", [("learning_rate", INK, "")]),
    ]
    shown = [
        (title, series)
        for title, every in panels
        if (series := [each for each in every if each[0] in rows[0]])
    ]
    figure = new_figure(6.4, 0.6 + 1.75 * len(shown), layout="constrained")
    all_axes = figure.subplots(len(shown), sharex=True, squeeze=False)[:, 0]
    epochs = [row["epoch"] for row in rows]
    for axes, (title, series) in zip(all_axes, shown, strict=True):
        style_axes(axes)
        for name, color, label in series:
            drawstyle = "steps-mid" if name == "learning_rate" else "default"
            axes.plot(
                epochs, [row[name] for row in rows], color=color, label=label, linewidth=1.8,
                marker="o", markersize=3.5, drawstyle=drawstyle,
            )  # fmt: skip
        axes.set_ylabel(title)
        if len(series) > 1:
            axes.legend(frameon=False, fontsize=FONT_SIZE, labelcolor=INK, loc="lower right")
        if title == "accuracy":
            axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.6g} %")
        else:
            axes.set_ylim(bottom=0)
    all_axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    all_axes[-1].set_xlabel("epoch")
    return figure
