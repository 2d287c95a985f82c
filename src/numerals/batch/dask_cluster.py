"""Read shards on a Dask cluster (extra ``batch``)."""

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any

import dask
from distributed import Client, LocalCluster
from distributed.scheduler import KilledWorker

from numerals.batch.engines import Result, Task, WorkerDied, complete_tasks
from numerals.errors import RunError

LOCAL = "local"
"""Address of a cluster of this machine's processes, which is started and ended with the run."""
ALLOWED_FAILURES = 10
"""Workers of a local cluster that may die while they read one shard; Dask's default is 3."""
WORKERS_TIMEOUT = 60
"""Seconds to wait for the first worker of a cluster."""

_CLOSE_TIMEOUT = 5  # seconds
_LOST = (
    "the connection to the Dask scheduler {address} was lost; what was read is kept: run the same "
    "command again to continue"
)


@contextmanager
def open_cluster(address: str, n_processes: int) -> Iterator["DaskCluster"]:
    """Connect to a cluster, or start one.

    Parameters
    ----------
    address : str
        Of a scheduler, such as ``"tcp://host:8786"``, or ``"local"``.
    n_processes : int
        Of a local cluster.

    Raises
    ------
    RunError
        If the scheduler does not answer, or has no worker.
    """
    _silence_logs()
    if address == LOCAL:
        # Bound to the loopback interface, without a dashboard and without the profiler, which
        # samples the workers 100 times a second; memory is not limited, as in plain processes.
        settings = {
            "distributed.scheduler.allowed-failures": ALLOWED_FAILURES,
            "distributed.worker.profile.enabled": False,
        }
        with (
            dask.config.set(settings),
            LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=n_processes,
                threads_per_worker=1,
                dashboard_address=None,
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # of its health check
                memory_limit=None,
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster) as client,  # type: ignore[no-untyped-call]
        ):
            yield DaskCluster(client, LOCAL)
        return
    client = _connect(address)
    try:
        yield DaskCluster(client, address)
    finally:
        client.close(timeout=_CLOSE_TIMEOUT)  # type: ignore[no-untyped-call]


def _silence_logs() -> None:
    """Turn off the log of Dask in this process: it prints tracebacks of each lost connection."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _connect(address: str) -> Client:
    try:
        client = Client(address, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise RunError(
            f"--cluster {address}: no Dask scheduler answers ({error}); check the address, and "
            "that dask scheduler runs"
        ) from error
    try:
        client.wait_for_workers(1, timeout=WORKERS_TIMEOUT)
    except TimeoutError as error:
        client.close(timeout=_CLOSE_TIMEOUT)  # type: ignore[no-untyped-call]
        raise RunError(
            f"--cluster {address}: no worker joined within {WORKERS_TIMEOUT} s; start some: "
            f"dask worker {address} --nthreads 1"
        ) from error
    return client


class DaskCluster:
    """An engine of Dask: tasks of workers that died run again on others.

    Parameters
    ----------
    client : distributed.Client
    address : str
        For messages.
    """

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self._address = address
        self._executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]
        self._connection = client.scheduler_comm

    def n_workers(self) -> int:
        """Return the number of threads of all workers, now."""
        try:
            threads: dict[str, int] = self._client.nthreads()  # type: ignore[no-untyped-call]
        except OSError as error:  # the connection breaks while the scheduler answers
            raise RunError(_LOST.format(address=self._address)) from error
        return max(1, sum(threads.values()))

    def map_unordered(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Generator[tuple[Task, Result | WorkerDied], None, None]:
        """Yield each task with its result, as they are completed."""
        running: dict[Any, Task] = {}
        with self._reporting_losses():
            yield from complete_tasks(
                self._executor,
                function,
                iter(tasks),
                running,
                self.n_workers,
                (KilledWorker,),
                self._check_connection,
            )

    def run_alone(self, function: Callable[[Task], Result], task: Task) -> Result:
        """Run one task while nothing else is in progress."""
        ((_, outcome),) = self.map_unordered(function, [task])
        if isinstance(outcome, WorkerDied):
            raise outcome
        return outcome

    def _check_connection(self) -> None:
        """Raise CancelledError if the connection was lost.

        The client may have connected again; a future whose result was on its way stays pending.
        """
        if self._client.scheduler_comm is not self._connection:
            raise CancelledError

    @contextmanager
    def _reporting_losses(self) -> Iterator[None]:
        try:
            yield
        except CancelledError as error:
            raise RunError(_LOST.format(address=self._address)) from error
