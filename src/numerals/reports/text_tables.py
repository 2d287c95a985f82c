"""Figures as plain text tables."""

from collections.abc import Mapping, Sequence

from numerals.evaluation import DigitAccuracy, ReadingAccuracy


def reading_tables(sets: Mapping[str, ReadingAccuracy]) -> str:
    """Lay out reading accuracy: a row for each set, then what each threshold rejects.

    Parameters
    ----------
    sets : mapping of str to ReadingAccuracy
        The figures by the name of the set.
    """
    head = ["set", "pages", "lines", "exact", "exact %", "extra", "digit error %"]
    rows = [
        [
            name,
            str(figures.n_pages),
            str(figures.n_lines),
            str(figures.n_exact),
            percent(figures.exact, 1),
            str(figures.n_extra),
            percent(figures.digit_error_rate),
        ]
        for name, figures in sets.items()
    ]
    thresholds = [row["threshold"] for row in next(iter(sets.values())).rejection]
    rejection_head = ["rejected / wrong %", *(f">= {t:g}" for t in thresholds)]
    rejection = [
        [name, *(f"{100 * r['rejected']:.0f} / {100 * r['wrong']:.1f}" for r in figures.rejection)]
        for name, figures in sets.items()
    ]
    return f"{format_table(head, rows)}\n\n{format_table(rejection_head, rejection)}"


def digit_tables(name: str, figures: DigitAccuracy, classes: Sequence[str]) -> str:
    """Lay out the accuracy of one set of digits: in sum, by class, and what is taken for what.

    Parameters
    ----------
    name : str
        What the set is called.
    figures : DigitAccuracy
    classes : sequence of str
        The character of each class.
    """
    tables = [
        digit_table(name, figures),
        coverage_table(figures),
        format_table(*class_rows(figures, classes)),
        confusion_table(figures, classes),
    ]
    return "\n\n".join(tables)


def digit_table(name: str, figures: DigitAccuracy) -> str:
    """Lay out the accuracy of one set of digits in a row."""
    low, high = figures.interval
    return format_table(
        ["set", "images", "wrong", "accuracy %", "95 % interval", "calibration error %"],
        [
            [
                name,
                str(figures.n_images),
                str(figures.n_wrong),
                percent(figures.accuracy),
                f"{percent(low)} to {percent(high)}",
                percent(figures.calibration_error),
            ]
        ],
    )


def coverage_table(figures: DigitAccuracy) -> str:
    """Lay out how many answers are kept so that no more than a share of them is wrong."""
    return format_table(
        ["wrong at most %", "answers kept %", "confidence from"],
        [
            [
                f"{100 * point.limit:g}",
                percent(point.coverage),
                "-" if point.threshold is None else f"{point.threshold:.4f}",
            ]
            for point in figures.coverage_at_risk
        ],
    )


def class_rows(figures: DigitAccuracy, classes: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the table of classes: those that occur, or were answered."""
    head = ["class", "images", "precision %", "recall %", "95 % interval", "F1 %"]
    rows = [
        [
            classes[found.label],
            str(found.support),
            percent(found.precision),
            percent(found.recall),
            f"{percent(found.interval[0])} to {percent(found.interval[1])}",
            percent(found.f1),
        ]
        for found in figures.classes
        if found.support or any(row[found.label] for row in figures.confusion)
    ]
    return head, rows


def confusion_table(figures: DigitAccuracy, classes: Sequence[str]) -> str:
    """Lay out how often each class was taken for each; a point where it never was."""
    rows = [
        [name, *(str(count) if count else "." for count in counts)]
        for name, counts in zip(classes, figures.confusion, strict=True)
        if any(counts)
    ]
    return format_table(["truth \\ answer", *classes], rows)


def percent(share: float, places: int = 2) -> str:
    """Write a share in [0, 1] as a number of percent.

    Examples
    --------
    >>> percent(0.97083)
    '97.08'
    """
    return f"{100 * share:.{places}f}"


def format_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Align columns: the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, ["-" * width for width in widths], *rows]:
        first, *others = row
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)
