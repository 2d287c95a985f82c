"""``numerals read``: print the numbers in images, PDFs and forms."""

from collections.abc import Sequence
from pathlib import Path

import typer

from numerals.cli.console import with_progress
from numerals.cli.option_groups import with_option_groups
from numerals.cli.read_form import print_forms
from numerals.cli.read_inputs import list_inputs
from numerals.cli.read_options import (
    BatchOptions,
    InputOptions,
    LayoutOptions,
    Paths,
    ReadOutputOptions,
    RecognitionOptions,
    StoreOptions,
)
from numerals.cli.read_output import print_results, write_results
from numerals.cli.read_results import ReadCounts, report_results, store_results
from numerals.cli.read_run import RunOptions, is_run, read_into_run
from numerals.cli.usage import UsageError, refuse_together

EPILOG = """
[bold]Examples[/bold]

  numerals read photo.jpg

  numerals read scans/ --csv > numbers.csv

  numerals read scans/ --out numbers.xlsx   # or .csv, .parquet, .jsonl

  numerals read scans.zip 's3://bucket/scans/' --jobs 8 --out numbers.parquet

  numerals read form.pdf --dpi 300 --json

  numerals read scans/ --max-error 0.5%     # ? for uncertain numbers

  numerals read photo.jpg --annotate seen.png --min-confidence 0.9

  numerals read --join 1.jpg 2.jpg 3.jpg    # one digit per image

  cat photo.jpg | numerals read -

  numerals read --format date:dmy scans/

  numerals read --table --columns columns.toml log-book.pdf

  numerals read --template form.toml scans/ --out answers.csv

  numerals read scans/ --out run/           # repeat it to continue

  numerals read --store scans/              # then review: numerals serve
"""


@with_option_groups
def read(
    paths: Paths = None,
    *,
    inputs: InputOptions,
    batch: BatchOptions,
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
    rules, template = layout.load_rules(), layout.load_template()
    jobs = _check_jobs(batch.jobs, paths or ())
    into_run = is_run(output.out)  # the pages of a unit must not depend on the number of processes
    listing = list_inputs(
        paths or (), inputs.files_from, split_pages=into_run or jobs != 1, by_name=layout.join
    )
    if listing.total == 0:  # keep a file of earlier results
        raise typer.Exit(_exit_code(0, listing.n_missing))
    from numerals.batch.joined_pages import join_pages
    from numerals.batch.read_batch import read_units
    from numerals.batch.units import WorkOptions
    from numerals.reading import AnswerOptions

    store = storage.open()
    if output.out is not None and into_run:
        refuse_together(
            "--out FOLDER/", output.out, {"--annotate": output.annotate, "--store": store}
        )
        work = WorkOptions(options, answers, layout.template, columns=layout.columns)
        raise typer.Exit(read_into_run(listing, paths or (), work, output.out, jobs, runs))
    # Digits are masked after the constraints, which need them.
    at_once = answers if rules is None else AnswerOptions()
    work = WorkOptions(options, at_once, layout.template, store.keep if store else None)
    counts = ReadCounts()
    read = with_progress(read_units(listing.units, work, jobs), listing.total, "reading")
    results = join_pages(read)
    if rules is not None:
        from numerals.batch.constrained_results import constrain_columns

        results = constrain_columns(results, rules, answers)
    if template is not None:
        from numerals.batch.constrained_results import constrain_forms

        results = constrain_forms(results, template)
    if store is not None:
        results = store_results(results, store)
    results = report_results(
        results, counts, output.annotate, inputs.dpi, has_several=listing.has_several_files
    )
    if output.out is not None:
        write_results(results, Path(output.out), template, answers.min_confidence)
    elif template is not None:
        print_forms(results, template, answers.min_confidence, as_json=output.as_json)
    else:
        print_results(
            results,
            as_json=output.as_json,
            as_csv=output.as_csv,
            join=layout.join,
            table=layout.table,
            many=listing.has_several_files,
        )
    raise typer.Exit(_exit_code(counts.n_read, counts.n_failed + listing.n_missing))


def _check_jobs(jobs: int | None, paths: Sequence[str]) -> int | None:
    """Return the number of processes; standard input can be read by this one only."""
    if "-" not in paths:
        return jobs
    if jobs is not None and jobs > 1:
        raise UsageError("--jobs cannot be combined with -: standard input is read by one process")
    return 1


def _exit_code(n_read: int, n_failed: int) -> int:
    """Return 0 if all files were read, 1 if some, 2 if none."""
    if n_failed == 0:
        return 0
    return 1 if n_read else 2
