"""The catalogue's entries for data sets of corrections."""

from numerals.corrections.corrected_lines import SPLITS, load_corrections, script_of
from numerals.corrections.correction_digits import load_correction_digits
from numerals.data.data_set import DataSet


def describe_corrections(name: str) -> DataSet:
    """Return the catalogue's entry for a data set of corrections; its sizes are lines.

    Raises
    ------
    UnknownNameError
        If there is no such data set.
    """
    script = script_of(name)
    sizes = dict.fromkeys(SPLITS, 0)
    for line in load_corrections(script):
        sizes[line.split] += 1
    return DataSet(
        title="Lines that people confirmed or corrected",
        script=script,
        splits=dict.fromkeys(SPLITS, ()),
        sizes=sizes,
        read=lambda paths: load_correction_digits(name),
        licence="as of the files that were read",
        citation="",
        homepage="",
        notes="Sizes are numbers of lines. Single digits come from the lines in which the position"
        " of each character is known. The test split, a fifth of the lines, is never used for"
        " training.",
    )
