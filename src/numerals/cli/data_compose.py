"""``numerals data compose``: compose lines of numbers from single digits."""

from pathlib import Path
from typing import Annotated

import typer

from numerals.cli.console import print_text, with_progress
from numerals.cli.data_options import Split, load_data
from numerals.cli.option_groups import option_group, with_option_groups
from numerals.cli.usage import UsageError

EPILOG = """
[bold]Examples[/bold]

  numerals data compose --count 100000 --out lines.npz

  numerals data compose kannada-mnist --count 200 --sheet lines.png

  numerals data compose --text 2026-11-23 --touching 1 --count 50 --sheet dates.png
"""


@option_group("Composition")
class CompositionOptions:
    """What the lines look like."""

    count: Annotated[int, typer.Option(min=1, metavar="N", help="Number of lines.")] = 1000
    text: Annotated[
        str | None,
        typer.Option(help="Text of every line. \\[default: random numbers of many formats]"),
    ] = None
    touching: Annotated[
        float, typer.Option(min=0, max=1, metavar="P", help="Share of lines with touching digits.")
    ] = 0.25
    overlapping: Annotated[
        float,
        typer.Option(min=0, max=1, metavar="P", help="Share of lines with overlapping digits."),
    ] = 0.12
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Random seed.")] = 0


@option_group("Output")
class LineSetOutputOptions:
    """Files to write the lines to."""

    out: Annotated[
        Path | None,
        typer.Option(metavar="NPZ", help="Write pixels, widths and texts to this file."),
    ] = None
    sheet: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Draw the first lines to this image.")
    ] = None


@with_option_groups
def compose(
    source: Annotated[
        str,
        typer.Argument(metavar="IN", help="Digits: the name of a data set, a file or a folder."),
    ] = "qmnist",
    split: Split = "train",
    jobs: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Number of processes. \\[default: cores]"),
    ] = None,
    *,
    composition: CompositionOptions,
    output: LineSetOutputOptions,
) -> None:
    """Compose lines of handwritten numbers, each by one writer, on paper, seen by a camera.

    Line recognizers are trained on such lines: 40 pixels high, ink bright on a dark ground.
    """
    if output.out is None and output.sheet is None:
        raise UsageError("give a file to write: --out NPZ, --sheet PNG, or both")
    from numerals.synthesis import line_sets

    digits = load_data(source, split=split)
    composer = line_sets.LineComposer(
        digits,
        random_state=composition.seed,
        text=composition.text,
        touching=composition.touching,
        overlapping=composition.overlapping,
    )
    portions = composer.compose_parallel(composition.count, n_jobs=jobs)
    n_portions = -(-composition.count // line_sets.PORTION)
    lines = line_sets.join_lines(with_progress(portions, n_portions, "composing"))
    if output.out:
        line_sets.write_line_set(lines, output.out)
        print_text(output.out)
    if output.sheet:
        from numerals.reports.line_sheet import write_line_sheet

        write_line_sheet(lines, output.sheet)
        print_text(output.sheet)
