"""Tables of a comparison of methods."""

from numerals.lab.accuracy_curve import AccuracyCurve
from numerals.lab.comparison import Comparison, ComparisonEntry
from numerals.reports.text_tables import ReportTable, percent, percent_interval


def methods_table(comparison: Comparison) -> ReportTable:
    """Return accuracy, times, sizes and significance of each method; the best one is strong."""
    return ReportTable(
        (
            "method",
            "accuracy %",
            "95 % interval",
            "fit s",
            "ms per digit",
            "file",
            "peak memory",
            "p against best",
        ),
        [_method_row(entry) for entry in comparison.entries],
        strong=frozenset({0}),
    )


def best_pairs_table(comparison: Comparison) -> ReportTable:
    """Return McNemar's test of each method against the most accurate one."""
    rows = [
        (entry.title, str(test.only_first), str(test.only_second), _format_p_value(test.p_value))
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


def _method_row(entry: ComparisonEntry) -> tuple[str, ...]:
    trial = entry.trial
    return (
        entry.title,
        percent(entry.accuracy.accuracy),
        percent_interval(entry.accuracy.interval),
        "–" if trial.fit_seconds is None else f"{trial.fit_seconds:.2f}",
        f"{1000 * entry.seconds_per_digit:.3g}",
        _format_bytes(trial.n_bytes),
        "–" if trial.peak_bytes is None else _format_bytes(trial.peak_bytes),
        "best" if entry.against_best is None else _format_p_value(entry.against_best.p_value),
    )


def _format_p_value(p: float) -> str:
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def _format_bytes(n: int) -> str:
    """Return a size with three significant digits, such as ``"1.13 MB"``."""
    for size, unit in ((1e9, "GB"), (1e6, "MB")):
        if n >= size:
            return f"{n / size:.3g} {unit}"
    return f"{n / 1e3:.3g} kB"
