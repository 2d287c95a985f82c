"""``numerals read --out FOLDER/``: read into a run, with processes or on a Dask cluster."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import warn
from numerals.cli.option_groups import option_group
from numerals.cli.usage import UsageError
from numerals.errors import NumeralsError
from numerals.extras import requires_extra

if TYPE_CHECKING:
    from numerals.batch.engines import Engine
    from numerals.batch.run_manifest import RunCounts
    from numerals.batch.run_reading import RunProgress, RunSummary
    from numerals.batch.units import WorkOptions

_TABLE_SUFFIXES = (".csv", ".jsonl", ".parquet", ".xlsx")


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
    is_folder = out.endswith(("/", os.sep)) or Path(out).is_dir()
    return is_folder or ("://" in out and not out.lower().endswith(_TABLE_SUFFIXES))


def read_into_run(
    paths: Sequence[str], work: "WorkOptions", out: str, jobs: int | None, options: RunOptions
) -> int:
    """Read files into a run, and print a summary to stderr.

    Parameters
    ----------
    paths : sequence of str
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
    from numerals.batch.inputs import list_units
    from numerals.batch.run_reading import read_run

    if "-" in paths:
        raise UsageError("a run can be continued, standard input cannot: save it to a file first")
    errors: list[NumeralsError] = []
    units = list_units(paths, lambda error: _report(errors, error))
    if len(errors) == len(paths):
        return 2
    started = time.monotonic()
    try:
        with _open_engine(options.cluster, jobs) as engine, _progress_bar(paths) as show:
            summary = read_run(
                out,
                units,
                work,
                engine,
                inputs=paths,
                shard_size=options.shard_size,
                retry_failed=options.retry_failed,
                on_progress=show,
            )
    except KeyboardInterrupt:
        warn(f"{out}: interrupted; to continue, run the same command again")
        raise
    warn(_describe(summary, out, time.monotonic() - started))
    return _exit_code(summary.after, len(errors))


def _report(errors: list[NumeralsError], error: NumeralsError) -> None:
    errors.append(error)
    warn(f"error: {error}")


def _exit_code(counts: "RunCounts", n_missing: int) -> int:
    if counts.failed + n_missing == 0:
        return 0
    return 1 if counts.pages else 2


@contextmanager
def _open_engine(cluster: str | None, jobs: int | None) -> Iterator["Engine"]:
    from numerals.batch.engines import LocalProcesses
    from numerals.batch.parallel import n_cores

    n_processes = jobs or n_cores()
    if cluster is None:
        yield LocalProcesses(n_processes)
        return
    with requires_extra("batch", "--cluster"):
        from numerals.batch.dask_cluster import open_cluster
    with open_cluster(cluster, n_processes) as engine:
        yield engine


def _describe(summary: "RunSummary", out: str, seconds: float) -> str:
    counts, before = summary.after, summary.before
    new = counts.files - before.files
    parts = [
        f"{out}: {counts.files:,} files, {counts.pages:,} pages, {counts.numbers:,} numbers",
        f"{counts.accepted:,} accepted" if counts.accepted else "",
        f"{counts.failed:,} failed (see the column error)" if counts.failed else "",
        f"{new:,} files read now" if before.files else "",
        f"{seconds:.0f} s",
    ]
    return "; ".join(filter(None, parts))


@contextmanager
def _progress_bar(paths: Sequence[str]) -> Iterator[Callable[["RunProgress"], None]]:
    """Yield a function that shows progress, as a bar if stderr is a terminal."""
    if not sys.stderr.isatty():
        yield _warn_only
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (
        "reading",
        BarColumn(),
        MofNCompleteColumn(),
        "files",
        "{task.fields[rate]}",
        TimeRemainingColumn(),
    )
    started = time.monotonic()
    n_before: list[int] = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=None, rate="")

        def show(state: "RunProgress") -> None:
            _warn_only(state)
            n_files = state.counts.files
            n_before.extend([] if n_before else [n_files])
            rate = (n_files - n_before[0]) / max(time.monotonic() - started, 1.0)
            progress.update(bar, completed=n_files, rate=f"{rate:,.1f}/s")

        def count() -> None:
            progress.update(bar, total=_count_files(paths))

        Thread(target=count, daemon=True).start()  # a listing of a million files takes a while
        yield show


def _count_files(paths: Sequence[str]) -> int:
    from numerals.batch.inputs import list_units

    return sum(1 for _ in list_units(paths, lambda error: None, split_pages=False))


def _warn_only(state: "RunProgress") -> None:
    if state.warning is not None:
        warn(state.warning)
