"""The history of a network's training: a row for each epoch, drawn as learning curves."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def find_history(estimator: Any) -> "History | None":
    """Return the history of a fitted estimator, or of a pipeline's last step; None without one."""
    steps = getattr(estimator, "steps", None)
    history = getattr(steps[-1][1] if steps else estimator, "history_", None)
    return history if isinstance(history, History) else None


class History(list[dict[str, float]]):
    """The rows of a training, one for each epoch.

    Each row has ``epoch``, ``loss``, ``accuracy`` (of the augmented training images, before each
    update), ``validation_accuracy`` if images were held out, ``learning_rate`` (at the start of the
    epoch) and ``seconds``. Rows of `PixelMLPClassifier` have neither ``accuracy`` nor ``seconds``.

    Parameters
    ----------
    rows : iterable of dict of str to float

    Examples
    --------
    >>> History([{"epoch": 1, "loss": 0.52, "accuracy": 0.84}])
    History(1 epoch: loss 0.5200, accuracy 84.00 %)
    """

    def __init__(self, rows: Iterable[dict[str, float]] = ()) -> None:
        super().__init__(rows)

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw accuracies and loss against the epoch.

        Parameters
        ----------
        ax : Axes, optional
            By default the axes of a new figure. The loss has its own axis on the right.
        """
        from numerals import displays

        return displays.plot_history(self, ax)

    def __repr__(self) -> str:
        if not self:
            return "History(0 epochs)"
        last = self[-1]
        parts = [f"loss {last['loss']:.4f}"]
        for name in ("accuracy", "validation_accuracy"):
            if name in last:
                parts.append(f"{name.removesuffix('_accuracy')} {100 * last[name]:.2f} %")
        return f"History({len(self)} epoch{'s' * (len(self) > 1)}: {', '.join(parts)})"

    def _repr_html_(self) -> str:
        """Return the rows as a table, and the learning curves, for notebooks."""
        from numerals.displays.html import figure_html, side_by_side_html, table_html

        names = list(self[0]) if self else ["epoch"]
        rows = [[f"{row[name]:.4g}" for name in names] for row in self]
        table = table_html([name.replace("_", " ") for name in names], rows)
        return side_by_side_html(table, figure_html(self.plot, "learning curves") if self else "")
