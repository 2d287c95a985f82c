"""``numerals examples``: copy the example pictures to a folder."""

from pathlib import Path
from typing import Annotated

import typer

from numerals.cli.console import print_text

EPILOG = """
[bold]Examples[/bold]

  numerals examples && numerals read examples/phone-number.jpg

  numerals examples /tmp/pictures

Files that exist in the folder are kept.
"""


def examples(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder to copy the pictures to.")
    ] = Path("examples"),
) -> None:
    """Copy the example pictures of the documentation to a folder."""
    from numerals.example_pictures import copy_examples

    copied = [is_new for _, is_new in copy_examples(folder)]
    n_kept = copied.count(False)
    kept = f"; {n_kept} were there" if n_kept else ""
    print_text(f"{folder}: copied {copied.count(True)} files{kept}")
