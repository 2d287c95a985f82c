"""Tables of reading accuracy."""

from collections.abc import Mapping

from numerals.evaluation import ReadingAccuracy
from numerals.reports.text_tables import ReportTable, percent, percent_interval


def reading_accuracy_text(sets: Mapping[str, ReadingAccuracy]) -> str:
    """Return all tables of reading accuracy as text.

    Parameters
    ----------
    sets : mapping of str to ReadingAccuracy
        Metrics by the name of the set.
    """
    return f"{sets_table(sets).to_text()}\n\n{rejection_table(sets).to_text()}"


def sets_table(sets: Mapping[str, ReadingAccuracy]) -> ReportTable:
    """Return the accuracy of each set as a row; the last one, of all pages, is strong."""
    rows = [
        (
            name,
            str(accuracy.n_pages),
            str(accuracy.n_lines),
            str(accuracy.n_exact),
            percent(accuracy.exact, 1),
            percent_interval(accuracy.interval, 1),
            str(accuracy.n_extra),
            percent(accuracy.digit_error_rate),
        )
        for name, accuracy in sets.items()
    ]
    return ReportTable(
        ("set", "pages", "lines", "exact", "exact %", "95 % interval", "extra", "digit error %"),
        rows,
        strong=frozenset({len(rows) - 1} if len(rows) > 1 else ()),
    )


def rejection_table(sets: Mapping[str, ReadingAccuracy]) -> ReportTable:
    """Return, for each confidence threshold and set, the rejected and the wrong accepted lines."""
    by_threshold = zip(*(accuracy.rejection for accuracy in sets.values()), strict=True)
    rows = [
        (
            f"{points[0]['threshold']:g}",
            *(f"{percent(p['rejected'], 1)} / {percent(p['wrong'], 1)}" for p in points),
        )
        for points in by_threshold
    ]
    return ReportTable(("min confidence: rejected / wrong %", *sets), rows)
