"""Print the comparison of the active model with a new one."""

from typing import TYPE_CHECKING

from numerals.cli.console import print_table

if TYPE_CHECKING:
    from numerals.training.model_comparison import ModelComparison, SetComparison


def print_comparison(comparison: "ModelComparison") -> None:
    """Print, for each held-out set, the share that the active and the new model read exactly."""
    header = ("held out", "count", "active", "new", "change", "p-value")
    print_table(header, [_row(each) for each in comparison.sets])


def _row(each: "SetComparison") -> tuple[str, ...]:
    old, new = (100 * n_exact / each.count for n_exact in (each.old, each.new))
    p_value = "p < 0.001" if each.p_value < 0.001 else f"p = {each.p_value:.3f}"
    return (
        each.name,
        str(each.count),
        f"{old:.1f} %",
        f"{new:.1f} %",
        f"{100 * each.change:+.1f}",
        p_value if each.old != each.new else "",
    )
