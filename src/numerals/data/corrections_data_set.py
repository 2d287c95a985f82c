"""Corrections as an entry of the catalogue."""

from numerals.corrections.corrected_lines import (
    SPLITS,
    correction_digits,
    load_corrections,
    script_of,
)
from numerals.data.data_set import DataSet


def describe_corrections(name: str) -> DataSet:
    """Return what the catalogue would say; sizes are lines."""
    script = script_of(name)
    sizes = dict.fromkeys(SPLITS, 0)
    for line in load_corrections(script):
        sizes[line.split] += 1
    return DataSet(
        title="Lines that people confirmed or corrected",
        script=script,
        splits=dict.fromkeys(SPLITS, ()),
        sizes=sizes,
        read=lambda paths: correction_digits(name),
        licence="as of what was read",
        citation="",
        homepage="",
        notes="Sizes are lines. Single digits are had from those lines in which it is known where"
        " each character stands. The test part, a fifth, is never learned from.",
    )
