"""The number of digits of each class in a data set, as text and for JSON."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from numerals.cli.console import bar_mark
from numerals.cli.data_options import load_data
from numerals.errors import DataNotFoundError

if TYPE_CHECKING:
    from numerals.records import Digits


def count_digits(source: str) -> dict[str, dict[str, Any]]:
    """Count the digits of each split that is on disk.

    Parameters
    ----------
    source : str
        Name of a data set; or a file or folder, whose training split is counted.

    Returns
    -------
    dict of str to dict
        By split: ``size``, ``image_shape``, ``classes`` (name to number of digits), and where there
        are any ``unlabelled`` and ``writers``, their numbers.

    Raises
    ------
    DataNotFoundError
        If no split is on disk.
    """
    from numerals import data

    if Path(source).exists():
        return {"train": _count(load_data(source, split="train"))}
    splits = data.find_data_set(source).splits
    on_disk = [split for split in splits if data.is_on_disk(source, split)]
    if not on_disk:
        raise DataNotFoundError(
            f"{source}: not on disk, so its digits cannot be counted; run numerals data fetch "
            f"{source}"
        )
    return {split: _count(load_data(source, split=split)) for split in on_disk}


def counts_text(source: str, counts: dict[str, dict[str, Any]]) -> str:
    """Return a bar chart of each split."""
    return "\n\n".join(_split_text(f"{source} {split}", row) for split, row in counts.items())


def _count(digits: "Digits") -> dict[str, Any]:
    row: dict[str, Any] = {
        "size": len(digits),
        "image_shape": list(digits.image_shape),
        "classes": digits.counts(),
    }
    if n_unlabelled := int((digits.labels < 0).sum()):
        row["unlabelled"] = n_unlabelled
    if digits.writers is not None:
        row["writers"] = len(np.unique(digits.writers))
    return row


def _split_text(title: str, row: dict[str, Any]) -> str:
    from numerals.reports.text_tables import format_bars, percent

    facts = [f"{row['size']:,} digits of {'x'.join(map(str, row['image_shape']))} pixels"]
    facts += [f"{row[name]:,} {name}" for name in ("writers", "unlabelled") if name in row]
    total = max(1, row["size"])
    bars = [
        (name, n, f"{n:,}  {percent(n / total, 1).rjust(4)} %")
        for name, n in row["classes"].items()
    ]
    return f"{title}: {', '.join(facts)}\n{format_bars(bars, mark=bar_mark())}"
