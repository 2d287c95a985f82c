"""A run is killed and repeated: nothing is lost, doubled, or read again."""

import signal
import sys
import time

import pytest

pytest.importorskip("pyarrow", reason="needs numerals[batch]")
psutil = pytest.importorskip("psutil")

from run_tools import parts, read_digits, start_run, texts, write_digits

from numerals.batch.runs import open_run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")

N = 240


def kill_after_parts(process, out, n):
    """Kill a command once n parts exist; return the processes that it had started."""
    while len(parts(out)) < n and process.poll() is None:
        time.sleep(0.005)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    return children


def test_a_killed_run_is_continued(tmp_path):
    units = write_digits(tmp_path / "pictures", N)
    expected = texts(read_digits(tmp_path / "plain", units).run)
    out = tmp_path / "out"
    for n in (1, 9, 16):
        before = parts(out)
        children = kill_after_parts(start_run(tmp_path / "pictures", out, "--jobs", 2), out, n)
        assert psutil.wait_procs(children, timeout=10)[1] == [], "workers end with the command"
        assert before.items() <= parts(out).items(), "finished parts are not read again"
        assert len(parts(out)) < N / 10, "killed too late"
    before = parts(out)
    last = start_run(tmp_path / "pictures", out, "--jobs", 2)
    message = last.communicate(timeout=60)[1]
    assert last.returncode == 0, message
    assert f"{N} files" in message and f"{N - 10 * len(before)} files read now" in message
    assert before.items() <= parts(out).items()
    assert texts(open_run(str(out))) == expected


def test_ctrl_c_keeps_what_was_read(tmp_path):
    write_digits(tmp_path / "pictures", N)
    out = tmp_path / "out"
    process = start_run(tmp_path / "pictures", out, "--jobs", 2)
    while not parts(out):
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    assert "to continue, run the same command again" in process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert 0 < open_run(str(out)).counts.files < N
