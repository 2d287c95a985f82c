"""A Dask scheduler and three workers in networks of their own, which are killed while they read."""

import sys
import time

import pytest

pytest.importorskip("pyarrow", reason="needs numerals[batch]")
pytest.importorskip("distributed", reason="needs numerals[batch]")

from dask_processes import DaskProcesses, networks
from dying_tasks import double
from run_tools import DIGITS, parts, read_digits, start_run, texts, write_digits

from numerals.batch import dask_cluster
from numerals.batch.engines import WorkerDied
from numerals.batch.runs import open_run
from numerals.batch.shards import RunWork, Shard, read_shard
from numerals.errors import RunError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")

N = 300


@pytest.fixture
def pictures(tmp_path):
    write_digits(tmp_path / "pictures", N)
    return tmp_path / "pictures"


def wait_for_parts(process, out, n):
    """Wait until a command has written n parts."""
    while len(parts(out)) < n:
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)


def test_workers_and_the_scheduler_are_killed(pictures, tmp_path):
    expected = texts(read_digits(tmp_path / "plain", write_digits(pictures, N)).run)
    out = tmp_path / "out"
    with (
        networks(3) as (host, prefixes),
        DaskProcesses(host, prefixes, tmp_path / "dask.log") as cluster,
    ):
        process = start_run(pictures, out, "--cluster", cluster.address)
        for i, n in enumerate((1, 5, 10)):
            wait_for_parts(process, out, n)
            cluster.replace_worker(i)
        wait_for_parts(process, out, 14)
        before = parts(out)
        cluster.kill_scheduler()
        message = process.communicate(timeout=60)[1]
        assert process.returncode == 2
        assert "scheduler" in message and "run the same command again" in message
        assert "Traceback" not in message
        assert len(before) <= len(parts(out)) < N / 10
        cluster.start()
        process = start_run(pictures, out, "--cluster", cluster.address)
        message = process.communicate(timeout=60)[1]
        assert process.returncode == 0, message
    assert before.items() <= parts(out).items(), "finished parts are not read again"
    assert sorted(texts(open_run(str(out)))) == sorted(expected)
    assert texts(open_run(str(out))) == expected


def test_a_cluster_of_this_machine_opens_no_port_to_the_network(pictures, tmp_path):
    psutil = pytest.importorskip("psutil")
    out = tmp_path / "out"
    process = start_run(pictures, out, "--cluster", "local", "--jobs", 2)
    wait_for_parts(process, out, 1)
    own = psutil.Process(process.pid)
    listening = [
        connection.laddr.ip
        for each in (own, *own.children(recursive=True))
        for connection in each.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening and set(listening) == {"127.0.0.1"}
    message = process.communicate(timeout=60)[1]
    assert process.returncode == 0 and message.startswith(f"numerals: {out}/: {N} files")
    assert len(texts(open_run(str(out)))) == N


def test_an_address_without_a_scheduler_is_reported(pictures, tmp_path, monkeypatch):
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    process = start_run(pictures, tmp_path / "out", "--cluster", "tcp://127.0.0.1:1")
    message = process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert "no Dask scheduler answers" in message and len(message.splitlines()) == 1


def test_a_worker_that_does_not_see_the_run_says_so(tmp_path):
    work = RunWork(str(tmp_path / "elsewhere"), "id", DIGITS)
    with pytest.raises(RunError, match="does not see this run"):
        read_shard(Shard("numbers/part-0.parquet", ()), work)


def test_a_task_that_kills_its_workers_costs_no_other_task(monkeypatch):
    monkeypatch.setattr(dask_cluster, "ALLOWED_FAILURES", 0)
    with dask_cluster.open_cluster("local", 1) as engine:
        outcomes = list(engine.map_unordered(double, range(10, 16)))
        with pytest.raises(WorkerDied):
            engine.run_alone(double, 13)
        assert engine.run_alone(double, 14) == 28
    assert sorted(task for task, _ in outcomes) == list(range(10, 16))
    assert isinstance(dict(outcomes)[13], WorkerDied)
    assert dict(outcomes)[10] == 20
