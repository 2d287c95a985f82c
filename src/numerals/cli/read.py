"""``numerals read``: print the numbers in images, PDFs and forms."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from numerals.cli.console import check_standard_input, warn, with_progress
from numerals.cli.option_groups import with_option_groups
from numerals.cli.read_options import (
    InputOptions,
    LayoutOptions,
    Paths,
    ReadOutputOptions,
    RecognitionOptions,
    StoreOptions,
)
from numerals.cli.read_output import choose_writer
from numerals.cli.read_run import RunOptions, is_run, read_into_run
from numerals.errors import ImageError, NumeralsError

if TYPE_CHECKING:
    from numerals.reading import FileResult, Reader
    from numerals.store import Store

EPILOG = """
[bold]Examples[/bold]

  numerals read photo.jpg

  numerals read scans/ --csv > numbers.csv

  numerals read form.pdf --dpi 300 --json

  numerals read scans/ --max-error 0.5%     # ? for uncertain numbers

  numerals read photo.jpg --annotate seen.png --min-confidence 0.9

  numerals read --join 1.jpg 2.jpg 3.jpg    # one digit per image

  cat photo.jpg | numerals read -

  numerals read --format date:dmy scans/

  numerals read --template form.toml scans/ --out answers.csv

  numerals read --store scans/              # then review: numerals serve
"""


@with_option_groups
def read(
    paths: Paths,
    inputs: InputOptions,
    layout: LayoutOptions,
    recognition: RecognitionOptions,
    output: ReadOutputOptions,
    storage: StoreOptions,
    runs: RunOptions,
) -> None:
    """Read handwritten numbers from images and print them, a line of output per line of text."""
    layout.check(turn=inputs.turn, number_format=recognition.number_format)
    output.check(layout)
    storage.check(layout)
    runs.check(output.out)
    answers = output.to_answer_options()
    options = recognition.to_read_options(inputs, layout)
    if output.out is not None and is_run(output.out):
        from numerals.batch.units import WorkOptions

        work = WorkOptions(options, answers, layout.template)
        raise typer.Exit(read_into_run(paths, work, output.out, inputs.jobs, runs))
    sources, n_missing = _find_sources(paths, by_name=layout.join)
    if layout.template is not None:
        from numerals.cli.read_form import read_forms

        n_read, n_failed = read_forms(
            layout.template,
            sources,
            options,
            answers,
            Path(output.out) if output.out else None,
            as_json=output.as_json,
        )
        raise typer.Exit(_exit_code(n_read, n_failed + n_missing))
    from numerals.reading import Reader

    reader = Reader(options)
    write = choose_writer(
        output.as_json, output.as_csv, layout.join, layout.table, many=len(sources) + n_missing > 1
    )
    results = with_progress(_read_all(reader, sources, storage.open()), len(sources), "reading")
    answered = (
        replace(result, pages=tuple(map(answers.apply, result.pages))) for result in results
    )
    n_read = write(_report(answered, output.annotate, inputs.dpi))
    raise typer.Exit(_exit_code(n_read, len(sources) - n_read + n_missing))


def _exit_code(n_read: int, n_failed: int) -> int:
    """Return 0 if all files were read, 1 if some, 2 if none."""
    if n_failed == 0:
        return 0
    return 1 if n_read else 2


def _find_sources(arguments: Sequence[str], *, by_name: bool) -> tuple[list[str], int]:
    """Return the files that the arguments match, and the number of arguments that match none."""
    from numerals.images import natural_key, picture_paths

    sources: list[str] = []
    n_missing = 0
    for argument in arguments:
        try:
            if argument == "-":
                check_standard_input()
                sources.append(argument)
            else:
                sources += [str(path) for path in picture_paths([argument])]
        except ImageError as error:
            warn(f"error: {error}")
            n_missing += 1
    if by_name:
        sources.sort(key=lambda name: natural_key(Path(name).name))
    return sources, n_missing


def _read_all(
    reader: "Reader", sources: Sequence[str], store: "Store | None"
) -> Iterator["FileResult"]:
    from numerals.reading import read_file

    for source in sources:
        opened = sys.stdin.buffer if source == "-" else Path(source)
        if store is None:
            yield read_file(reader, opened, source)
        else:
            from numerals.store import store_file

            with store_file(store, source, reader.metadata.get("name", "")) as on_page:
                result = read_file(reader, opened, source, on_page=on_page)
            yield result


def _report(
    results: Iterator["FileResult"], annotated: Path | None, dpi: int
) -> Iterator["FileResult"]:
    """Print errors to stderr and save annotated pages while the results pass through."""
    for result in results:
        if result.error:
            warn(f"error: {result.error}")
        elif not result.texts:
            warn(f"{result.source}: no number found")
        if annotated and result.pages:
            try:
                _annotate(result, annotated, dpi)
            except (NumeralsError, OSError) as error:
                warn(f"error: cannot save the annotated image: {error}")
                result = replace(result, error=ImageError(str(error)))
        yield result


def _annotate(result: "FileResult", out: Path, dpi: int) -> None:
    from numerals.images import load_picture
    from numerals.output.annotate import annotate
    from numerals.output.picture_files import annotated_picture_paths, write_picture

    if result.source == "-":
        raise ImageError("standard input can be read only once; save the image to a file first")
    for page, path in zip(
        result.pages, annotated_picture_paths(result.source, result.pages, out), strict=True
    ):
        picture = load_picture(result.source, page=page.number, resolution=dpi, color=True)
        write_picture(annotate(picture.pixels, page, scale=picture.scale), path)
