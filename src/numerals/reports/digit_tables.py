"""Tables of digit accuracy."""

from collections.abc import Mapping, Sequence

from numerals.evaluation import DigitAccuracy, WriterAccuracy
from numerals.reports.text_tables import ReportTable, percent, percent_interval
from numerals.scripts import to_ascii_digits


def digit_accuracy_text(name: str, accuracy: DigitAccuracy, classes: Sequence[str]) -> str:
    """Return all tables of one set of digits as text.

    Parameters
    ----------
    name : str
        Name of the set.
    accuracy : DigitAccuracy
    classes : sequence of str
        Name of each class.
    """
    tables = [
        accuracy_table(name, accuracy),
        coverage_table(accuracy),
        class_table(accuracy, classes),
        confusion_table(accuracy, classes),
    ]
    return "\n\n".join(table.to_text() for table in tables)


def accuracy_table(name: str, accuracy: DigitAccuracy) -> ReportTable:
    """Return the accuracy of a set of digits as a row."""
    return ReportTable(
        ("set", "images", "wrong", "accuracy %", "95 % interval", "calibration error %"),
        [
            (
                name,
                str(accuracy.n_images),
                str(accuracy.n_wrong),
                percent(accuracy.accuracy),
                percent_interval(accuracy.interval),
                percent(accuracy.calibration_error),
            )
        ],
    )


def coverage_table(accuracy: DigitAccuracy) -> ReportTable:
    """Return, for each risk limit, the share of answers that can be accepted."""
    rows = [
        (
            f"{100 * point.limit:g}",
            percent(point.coverage),
            "–" if point.threshold is None else f"{point.threshold:.4f}",
            percent(point.risk),
        )
        for point in accuracy.coverage_at_risk
    ]
    return ReportTable(
        ("max wrong %", "accepted %", "min confidence", "wrong among them %"),
        rows,
        "The thresholds are chosen on these digits; on others the risk is somewhat higher.",
    )


def class_table(accuracy: DigitAccuracy, classes: Sequence[str]) -> ReportTable:
    """Return precision, recall and F1 of the classes that occur or were predicted."""
    rows = [
        (
            classes[each.label],
            str(each.support),
            percent(each.precision),
            percent(each.recall),
            percent_interval(each.interval),
            percent(each.f1),
        )
        for each in accuracy.classes
        if each.support or any(row[each.label] for row in accuracy.confusion)
    ]
    return ReportTable(
        ("class", "images", "precision %", "recall %", "95 % interval", "F1 %"), rows
    )


def confusion_table(accuracy: DigitAccuracy, classes: Sequence[str]) -> ReportTable:
    """Return the confusion matrix, with a dot for 0; classes that do not occur have no row."""
    rows = [
        (name, *(str(count) if count else "." for count in counts))
        for name, counts in zip(classes, accuracy.confusion, strict=True)
        if any(counts)
    ]
    return ReportTable(("truth \\ answer", *classes), rows)


def confused_pairs_table(
    accuracy: DigitAccuracy, classes: Sequence[str], limit: int = 8
) -> ReportTable:
    """Return the pairs of classes that are confused most often."""
    rows = [
        (
            f"{to_ascii_digits(classes[a])} and {to_ascii_digits(classes[b])}",
            str(n_first + n_second),
            str(n_first),
            str(n_second),
        )
        for a, b, n_first, n_second in accuracy.most_confused(limit)
    ]
    return ReportTable(
        ("most confused pairs", "errors", "first as second", "second as first"), rows
    )


def writers_table(accuracies: Sequence[WriterAccuracy], limit: int = 20) -> ReportTable:
    """Return the accuracy of the first writers, such as those with the lowest accuracy."""
    rows = [
        (
            str(each.writer),
            str(each.n_images),
            str(each.n_wrong),
            percent(each.accuracy),
            percent_interval(each.interval),
        )
        for each in accuracies[:limit]
    ]
    n_left_out = len(accuracies) - len(rows)
    caption = f"Lowest accuracy first; {n_left_out:,} other writers are left out."
    return ReportTable(
        ("writer", "digits", "errors", "accuracy %", "95 % interval"),
        rows,
        caption if n_left_out else "Lowest accuracy first.",
    )


def class_balance_table(counts: Mapping[str, Sequence[int]], classes: Sequence[str]) -> ReportTable:
    """Return the number and the share of the images of each class in each split.

    Parameters
    ----------
    counts : mapping of str to sequence of int
        Number of images of each class, by the name of the split.
    classes : sequence of str
        Name of each class.
    """
    totals = [max(sum(split), 1) for split in counts.values()]
    rows = []
    for name, *row in zip(classes, *counts.values(), strict=True):
        cells = [(f"{n:,}", percent(n / total, 1)) for n, total in zip(row, totals, strict=True)]
        rows.append((name, *(text for pair in cells for text in pair)))
    return ReportTable(("class", *(text for split in counts for text in (split, "%"))), rows)


def class_title(name: str) -> str:
    """Return a class name for readers who may not know its script: ``"3 ೩"`` for ``"೩"``."""
    ascii_name = to_ascii_digits(name)
    return name if ascii_name == name else f"{ascii_name} {name}"
