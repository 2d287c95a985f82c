"""The ranking of an audit as a text table and as CSV."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from numerals.csv_cells import SafeWriter
from numerals.lab.data_audit import AuditedPicture, DataAudit
from numerals.reports.text_tables import ReportTable
from numerals.scripts import to_ascii_digits

CSV_COLUMNS = (
    "finding", "rank", "split", "index", "file", "label", "suggestion", "label_probability",
    "suggestion_probability", "suspect", "score",
)  # fmt: skip
"""Columns of the CSV. Duplicates of the same group have the same rank."""


def label_table(audit: DataAudit, top: int) -> ReportTable:
    """Return the least probable labels; suspects are strong.

    Parameters
    ----------
    audit : DataAudit
    top : int
        Maximum number of rows.
    """
    rows = [
        (
            str(rank),
            finding.picture.split,
            str(finding.picture.index),
            to_ascii_digits(finding.picture.label),
            to_ascii_digits(finding.suggestion),
            f"{finding.label_proba:.3f}",
            f"{finding.suggestion_proba:.3f}",
            "yes" if finding.is_suspect else "",
        )
        for rank, finding in enumerate(audit.labels[:top], start=1)
    ]
    strong = frozenset(i for i, f in enumerate(audit.labels[:top]) if f.is_suspect)
    head = ("rank", "split", "index", "label", "suggested", "P(label)", "P(suggested)", "suspect")
    return ReportTable(head, rows, strong=strong)


def summary_lines(audit: DataAudit) -> list[str]:
    """Return the counts of an audit, one statement a line."""
    sizes = ", ".join(f"{split} {size:,}" for split, size in audit.sizes.items())
    found = audit.n_duplicates
    details = (
        f" ({found.across_splits:,} across splits, {found.label_conflicts:,} with different labels)"
    )
    return [
        f"{audit.name}: {audit.n_pictures:,} {audit.kind} ({sizes})",
        f"{audit.predictions}: {100 * audit.agreement:.2f} % agree with their label",
        f"suspect labels: {audit.n_suspects:,} of {audit.n_labels:,}",
        f"groups of duplicates: {found.groups:,}" + details * bool(found.groups),
        *_repeated_line(found.repeated),
        *(f"note: {note}" for note in audit.notes),
    ]


def _repeated_line(repeated: Mapping[str, int]) -> list[str]:
    counts = ", ".join(f"{split} {count:,}" for split, count in repeated.items())
    return [f"with a duplicate in another split: {counts}"] if counts else []


def audit_csv(audit: DataAudit) -> str:
    """Return all findings as CSV, with the columns `CSV_COLUMNS`."""
    text = io.StringIO()
    table = SafeWriter(text)
    table.writerow(CSV_COLUMNS)
    table.writerows(_csv_rows(audit))
    return text.getvalue()


def _csv_rows(audit: DataAudit) -> Iterator[tuple[Any, ...]]:
    for rank, finding in enumerate(audit.labels, start=1):
        yield (
            "label",
            rank,
            *_csv_picture(finding.picture),
            finding.suggestion,
            f"{finding.label_proba:.4f}",
            f"{finding.suggestion_proba:.4f}",
            int(finding.is_suspect),
            "",
        )
    for rank, group in enumerate(audit.duplicates, start=1):
        name = "duplicate" if group.is_exact else "near duplicate"
        for picture in group.pictures:
            yield (name, rank, *_csv_picture(picture), *[""] * 5)
    for rank, outlier in enumerate(audit.outliers, start=1):
        yield ("outlier", rank, *_csv_picture(outlier.picture), *[""] * 4, f"{outlier.score:.4f}")


def _csv_picture(picture: AuditedPicture) -> tuple[Any, ...]:
    return (picture.split, picture.index, picture.file, picture.label)
