"""``numerals read --out FOLDER/``: read into a run, with processes or on a Dask cluster."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import progress_bar, warn
from numerals.cli.option_groups import option_group
from numerals.cli.usage import UsageError
from numerals.extras import requires_extra

if TYPE_CHECKING:
    from numerals.batch.engines import Engine
    from numerals.batch.run_manifest import RunCounts
    from numerals.batch.run_reading import RunProgress, RunSummary
    from numerals.batch.runs import RowChange
    from numerals.batch.units import WorkOptions
    from numerals.cli.read_inputs import Listing

EXIT_NOTHING_READ = 2


@option_group("Run")
class RunOptions:
    """How files are read into a run, --out FOLDER/."""

    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="With --out FOLDER/: read on the Dask cluster of this scheduler, such as "
            "tcp://host:8786, or on a cluster of this machine (local).",
        ),
    ] = None
    shard_size: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="With --out FOLDER/: files of each part. \\[default: 100, fewer for few files]",
        ),
    ] = None
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed", help="With --out FOLDER/: read files again that failed before."
        ),
    ] = False

    def check(self, out: str | None) -> None:
        """Raise `UsageError` for options without a run."""
        if is_run(out):
            return
        given = {
            "--cluster": self.cluster,
            "--shard-size": self.shard_size,
            "--retry-failed": self.retry_failed,
        }
        for option, value in given.items():
            if value:
                raise UsageError(f"{option} requires a run: --out FOLDER/")


def is_run(out: str | None) -> bool:
    """Return whether a value of ``--out`` is the folder of a run: not the name of a table."""
    if out is None:
        return False
    if "://" in out:
        from numerals.batch.output_file import SUFFIXES

        return not out.lower().endswith(SUFFIXES)
    return out.endswith(("/", os.sep)) or Path(out).is_dir()


def read_into_run(
    listing: "Listing",
    paths: Sequence[str],
    work: "WorkOptions",
    out: str,
    jobs: int | None,
    options: RunOptions,
) -> int:
    """Read files into a run, and print a summary to stderr.

    Parameters
    ----------
    listing : Listing
    paths : sequence of str
        Where the files come from.
    work : WorkOptions
    out : str
        The folder, or its URL.
    jobs : int, optional
        Number of processes; by default one per core.
    options : RunOptions

    Returns
    -------
    int
        The exit code: 0 if all files were read, 1 if some, 2 if none.
    """
    from numerals.batch.run_reading import read_run

    change_rows = _constraints_of(work)
    if "-" in paths:
        raise UsageError("a run can be continued, standard input cannot: save it to a file first")
    first = next(listing.units, None)
    if first is None and listing.n_missing:
        return EXIT_NOTHING_READ
    units = chain((first,) if first else (), listing.units)
    started = time.monotonic()
    try:
        with (
            _open_engine(options.cluster, jobs) as engine,
            progress_bar(listing.total, "reading") as show,
        ):

            def on_progress(state: "RunProgress") -> None:
                show(state.n_units)
                if state.warning is not None:
                    warn(state.warning)

            summary = read_run(
                out,
                units,
                work,
                engine,
                inputs=paths,
                shard_size=options.shard_size,
                retry_failed=options.retry_failed,
                change_rows=change_rows,
                on_progress=on_progress,
            )
    except KeyboardInterrupt:
        warn(f"{out}: to continue, run the same command again")
        raise
    warn(_describe(summary, out, time.monotonic() - started))
    return _exit_code(summary.after, listing.n_missing)


def _exit_code(counts: "RunCounts", n_missing: int) -> int:
    if counts.failed + n_missing == 0:
        return 0
    return 1 if counts.pages else EXIT_NOTHING_READ


@contextmanager
def _open_engine(cluster: str | None, jobs: int | None) -> Iterator["Engine"]:
    from numerals.batch.engines import LocalProcesses
    from numerals.batch.read_batch import n_cores

    n_processes = jobs or n_cores()
    if cluster is None:
        yield LocalProcesses(n_processes)
        return
    with requires_extra("batch", "--cluster"):
        from numerals.batch.dask_cluster import open_cluster
    with open_cluster(cluster, n_processes) as engine:
        yield engine


def _constraints_of(work: "WorkOptions") -> "RowChange | None":
    """Return the constraints between the rows of a run; None if there are none."""
    from numerals.constraints.rule_files import load_rules
    from numerals.forms import load_template
    from numerals.output.constrained_rows import apply_constraints

    if work.columns is not None:
        rules = load_rules(work.columns)
    elif work.template is not None:
        rules = load_template(work.template).rules
        if not rules.spanning:  # relations within a form are satisfied when it is read
            return None
    else:
        return None
    if work.answers.min_confidence or work.answers.only_digits:
        raise UsageError(
            "--min-confidence and --only-digits change the numbers that constraints compare; "
            "leave them out, or write a table: --out numbers.csv"
        )
    return partial(apply_constraints, rules=rules)


def _describe(summary: "RunSummary", out: str, seconds: float) -> str:
    counts, before = summary.after, summary.before
    n_new = counts.files - before.files
    parts = [
        ", ".join(_count(getattr(counts, name), name) for name in ("files", "pages", "numbers")),
        f"{counts.accepted:,} accepted" if counts.accepted else "",
        f"{counts.failed:,} failed, see the column error" if counts.failed else "",
        f"{_count(n_new, 'files')} read now" if before.files else "",
        f"{seconds:.0f} s",
    ]
    return f"{out}: {'; '.join(filter(None, parts))}"


def _count(n: int, plural: str) -> str:
    return f"{n:,} {plural.removesuffix('s') if n == 1 else plural}"
