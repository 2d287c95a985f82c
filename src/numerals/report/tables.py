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
            f"{100 * figures.exact:.1f}",
            str(figures.n_extra),
            f"{100 * figures.digit_error_rate:.2f}",
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


def digit_table(name: str, figures: DigitAccuracy) -> str:
    """Lay out the accuracy of one set of digits."""
    low, high = figures.interval
    return format_table(
        ["set", "images", "wrong", "accuracy %", "95 % interval", "calibration error %"],
        [
            [
                name,
                str(figures.n_images),
                str(figures.n_wrong),
                f"{100 * figures.accuracy:.2f}",
                f"{100 * low:.2f} to {100 * high:.2f}",
                f"{100 * figures.calibration_error:.2f}",
            ]
        ],
    )


def format_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Align columns: the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, ["-" * width for width in widths], *rows]:
        first, *others = row
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)
