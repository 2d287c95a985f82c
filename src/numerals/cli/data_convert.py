"""``numerals data convert``: convert digits from one file format to another."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from numerals.cli.console import print_text, warn
from numerals.cli.data_options import DigitFileOptions, ImageFailures, Split, load_data
from numerals.cli.option_groups import with_option_groups
from numerals.private_files import private_umask

EPILOG = """
[bold]Examples[/bold]

  numerals data convert photos/ digits.csv

  numerals data convert train-images-idx3-ubyte.gz mnist.npz

  numerals data convert hoda hoda/ --split test

  numerals data convert digits.csv list.csv --to file-list

  numerals data convert mnist_784.csv mnist.npz --label-column class

  numerals data convert emnist-train-images-idx3-ubyte.gz emnist.npz --transpose

  numerals data convert usps.h5 usps-test.npz --split test

  numerals data convert corrections lines/
"""


@with_option_groups
def convert(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="A file, a folder, or the name of a data set.")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="File or folder to write.")],
    from_format: Annotated[
        str | None, typer.Option("--from", metavar="FORMAT", help="Format of IN.")
    ] = None,
    to_format: Annotated[
        str | None, typer.Option("--to", metavar="FORMAT", help="Format of OUT.")
    ] = None,
    split: Split = "train",
    *,
    file_options: DigitFileOptions,
) -> None:
    """Convert digits from one file format to another.

    Formats are detected from content and name, or given by --from and --to. Formats to read and
    write: folders, npz, idx, mnist-pickle, kaggle-csv, file-list. Formats to read only: hoda, uci,
    npy, mat, parquet, hdf5 (the last two need pip install 'numerals\\[files]'). Messages on stderr
    report what was detected; the options below override it. Images that cannot be read are
    reported on stderr and skipped, and the exit code is 1.

    The data set "corrections" is written as a folder of line images with lines.csv: file, text,
    split (train, or test: a fifth that training does not use), the text that was read, reviewer
    and time. With --to, or if OUT ends in .npz or .csv, it is written as single digits, from those
    lines in which the position of each character is known.
    """
    from numerals import data

    is_corrections = names_corrections(source)
    if is_corrections:
        if to_format is None and not target.suffix:
            _write_lines(source, target)
            return
        _warn_of_unknown_positions(source, split)
    failures = ImageFailures()
    digits = load_data(
        source, from_format, split=split, on_error=failures, file_options=file_options
    )
    # Corrections show handwriting of the users: only the user may read the file.
    with private_umask() if is_corrections else nullcontext():
        data.write_digits(digits, target, to_format)
    print_text(f"{target}\t{len(digits)}")
    failures.exit_if_any()


def names_corrections(source: str) -> bool:
    """Return whether a source is a data set of stored corrections, and not a path."""
    from numerals.corrections.corrected_lines import is_corrections

    return is_corrections(source) and not Path(source).exists()


def _write_lines(source: str, target: Path) -> None:
    from numerals.corrections.corrected_lines import script_of
    from numerals.corrections.correction_files import write_corrections

    print_text(f"{target}\t{write_corrections(script_of(source), target)}")


def _warn_of_unknown_positions(source: str, split: str) -> None:
    from numerals.corrections.corrected_lines import load_corrections, script_of
    from numerals.corrections.correction_digits import has_reliable_boxes

    lines = load_corrections(script_of(source), split)
    n_known = sum(has_reliable_boxes(line) for line in lines)
    if n_known < len(lines):
        warn(
            f"{source}, {split}: digits of {n_known} of {len(lines)} lines; in the other lines the "
            "positions of the characters are unknown"
        )
