"""A comparison as text for the terminal and as one HTML page."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from numerals.lab.comparison import Comparison, Entry
from numerals.reports.accuracy_time_chart import TimedAccuracy, plot_accuracy_against_time
from numerals.reports.chart_style import latin
from numerals.reports.evaluation_charts import plot_class_balance
from numerals.reports.evaluation_report import class_name
from numerals.reports.html_page import Captioned, Section, Table, Tile, write_page
from numerals.reports.text_tables import format_table, percent

MOST_TILES = 60
"""Digits that no method has right, of which a page shows so many."""

_HEAD = (
    "method",
    "accuracy %",
    "95 % interval",
    "fit s",
    "ms a digit",
    "file",
    "peak memory",
    "p against best",
)


def balance_table(balance: Mapping[str, Sequence[int]], classes: Sequence[str]) -> str:
    """Lay out how many images there are of each class."""
    return format_table(*_balance_rows(balance, classes))


def comparison_table(comparison: Comparison) -> str:
    """Lay out a row for each method, the most accurate first."""
    return format_table(_HEAD, [_row(entry) for entry in comparison.entries])


def write_comparison_report(path: Path, comparison: Comparison, *, data: str) -> None:
    """Write a comparison as one HTML file.

    Parameters
    ----------
    path : Path
    comparison : Comparison
        With at least one entry.
    data : str
        What the page calls the data.
    """
    best = comparison.entries[0]
    n_train = sum(comparison.balance.get("train", ()))
    fitted_on = f"fitted on {n_train:,} digits, " if n_train else ""
    lead = (
        f"{len(comparison.entries)} methods, {fitted_on}tested on {len(comparison.test):,}, one"
        f" after the other on {_cores()} cores, each in a process of its own."
    )
    facts = [
        (best.title, "most accurate"),
        (f"{percent(best.accuracy.accuracy)} %", "its accuracy"),
        (f"{best.accuracy.n_wrong:,}", f"wrong of {len(comparison.test):,}"),
        (str(sum(map(_may_be_as_good, comparison.entries))), "others may be as good (p ≥ 0.05)"),
    ]
    sections = [_balance(comparison), _methods(comparison), _pairs(comparison), _hard(comparison)]
    if comparison.failures:
        table = Table(("method", "why"), list(comparison.failures.items()), is_prose=True)
        sections.append(Section("Failed", table=table))
    write_page(path, f"Methods on {data}", lead, sections, facts=facts)


def _may_be_as_good(entry: Entry) -> bool:
    return entry.against_best is not None and entry.against_best.p_value >= 0.05


def _balance(comparison: Comparison) -> Section:
    classes = comparison.test.classes
    figure = plot_class_balance(comparison.balance, classes)
    head, rows = _balance_rows(comparison.balance, [class_name(name) for name in classes])
    return Section("Class balance", figures=[figure], table=(head, rows))


def _balance_rows(
    balance: Mapping[str, Sequence[int]], classes: Sequence[str]
) -> tuple[list[str], list[list[str]]]:
    totals = [sum(counts) for counts in balance.values()]
    rows = [
        [
            name,
            *(cell for n, total in zip(counts, totals, strict=True) for cell in _share(n, total)),
        ]
        for name, *counts in zip(classes, *balance.values(), strict=True)
    ]
    return ["class", *(cell for name in balance for cell in (name, "%"))], rows


def _share(count: int, total: int) -> tuple[str, str]:
    return f"{count:,}", percent(count / max(total, 1), 1)


def _methods(comparison: Comparison) -> Section:
    points = [
        TimedAccuracy(
            entry.title,
            entry.accuracy.accuracy,
            entry.accuracy.interval,
            (entry.trial.fit_seconds or 0) + entry.trial.predict_seconds,
            is_fitted_before=entry.trial.fit_seconds is None,
        )
        for entry in comparison.entries
    ]
    caption = (
        "Bars are 95 % intervals. Equal steps up are equal shares of errors less; hollow points"
        " were fitted before, so only their prediction counts."
    )
    text = (
        "Times are of one run, after the method's libraries were loaded and twenty digits"
        " classified to warm up. Peak memory is of the whole process: Python, libraries and data"
        " included. p is the probability of a difference at least this large if the method were as"
        " good as the best (McNemar's exact test, not corrected for the number of methods)."
    )
    for entry in comparison.entries:
        text += "".join(f"\n\n{entry.title}: {note}." for note in entry.trial.notes)
    rows = [_row(entry) for entry in comparison.entries]
    return Section(
        "Accuracy, time and size",
        text,
        figures=[Captioned(plot_accuracy_against_time(points), caption)],
        table=Table(_HEAD, rows, strong=frozenset({0})),
    )


def _row(entry: Entry) -> tuple[str, ...]:
    low, high = entry.accuracy.interval
    trial = entry.trial
    return (
        entry.title,
        percent(entry.accuracy.accuracy),
        f"{percent(low)} to {percent(high)}",
        "–" if trial.fit_seconds is None else f"{trial.fit_seconds:.2f}",
        f"{1000 * entry.seconds_per_digit:.3g}",
        _bytes(trial.n_bytes),
        "–" if trial.peak_bytes is None else _bytes(trial.peak_bytes),
        "best" if entry.against_best is None else _p_value(entry.against_best.p_value),
    )


def _pairs(comparison: Comparison) -> Section:
    best = comparison.entries[0]
    heading = "Against the best, digit by digit"
    rows = [
        (
            entry.title,
            str(pair.only_first),
            str(pair.only_second),
            _p_value(pair.p_value),
        )
        for entry in comparison.entries
        if (pair := entry.against_best)
    ]
    if not rows:
        return Section(heading, "There is nothing to compare it with.")
    head = ("method", f"only {best.title} right", "only it right", "p")
    return Section(heading, table=Table(head, rows))


def _hard(comparison: Comparison) -> Section:
    right = np.array([entry.right for entry in comparison.entries])
    (hard,) = np.nonzero(~right.any(axis=0))
    text = "The best method's answer beside the truth, and the digit's place in the data, from 0."
    if len(hard) > MOST_TILES:
        text += f" The first {MOST_TILES} of {len(hard):,}."
    best = comparison.entries[0].trial
    classes = comparison.test.classes
    tiles = [
        Tile(
            comparison.test.images[index],
            f"{latin(classes[comparison.test.labels[index]])} →"
            f" {_answer(classes, int(best.proba[index].argmax()))}",
            f"#{index}",
        )
        for index in hard[:MOST_TILES].tolist()
    ]
    return Section("What no method has right", text if tiles else "Nothing.", gallery=tiles)


def _answer(classes: Sequence[str], column: int) -> str:
    return latin(classes[column]) if column < len(classes) else str(column)


def _p_value(p: float) -> str:
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def _bytes(n: int) -> str:
    """Write a size with three digits: ``"1.13 MB"``."""
    for size, unit in ((1e9, "GB"), (1e6, "MB")):
        if n >= size:
            return f"{n / size:.3g} {unit}"
    return f"{n / 1e3:.3g} kB"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
