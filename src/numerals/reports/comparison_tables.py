"""Tables of a comparison of methods."""

from numerals.lab.accuracy_curve import AccuracyCurve
from numerals.lab.comparison import Comparison
from numerals.lab.comparison_entry import format_p_value, method_rows
from numerals.reports.text_tables import ReportTable, percent, percent_interval


def methods_table(comparison: Comparison) -> ReportTable:
    """Return accuracy, times, sizes and significance of each method; the best one is strong."""
    return ReportTable(*method_rows(comparison.entries), strong=frozenset({0}))


def best_pairs_table(comparison: Comparison) -> ReportTable:
    """Return McNemar's test of each method against the most accurate one."""
    rows = [
        (entry.title, str(test.only_first), str(test.only_second), format_p_value(test.p_value))
        for entry in comparison.entries
        if (test := entry.against_best)
    ]
    best = comparison.best.title
    return ReportTable(("method", f"only {best} right", "only method right", "p"), rows)


def curve_table(curve: AccuracyCurve) -> ReportTable:
    """Return the accuracy of each method by number of training digits."""
    rows = [
        (
            point.title,
            f"{point.n_train:,}",
            percent(point.accuracy),
            percent_interval(point.interval),
            f"{point.fit_seconds:.2f}",
        )
        for point in curve.points
    ]
    return ReportTable(("method", "training digits", "accuracy %", "95 % interval", "fit s"), rows)


def failures_table(comparison: Comparison) -> ReportTable:
    """Return the methods that failed, with their error messages."""
    return ReportTable(("method", "error"), list(comparison.failures.items()), is_prose=True)
