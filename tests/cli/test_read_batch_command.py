"""``numerals read`` with many files: processes, lists, archives and output files."""

import csv
import os
import signal
import subprocess
import sys
import time
import zipfile
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

NUMERALS = [sys.executable, "-c", "from numerals.cli.app import main; main()"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")


@pytest.fixture
def scans(draw, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("scans").mkdir()
    for text in ("12", "345", "6789", "007"):
        Image.fromarray(draw(text)).save(f"scans/{text}.png")
    Path("scans/bad.png").write_text("no picture")
    return Path("scans")


@pytest.fixture
def run(run_main):
    return partial(run_main, "read")


def run_process(*arguments, stdin=None):
    command = [*NUMERALS, "read", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=120, text=True)


def test_processes_print_what_one_process_prints(run, scans):
    one = run("--field", "--jobs", 1, scans)
    two = run_process("--field", "--jobs", 2, scans)
    assert one.stdout.split()[1::2] == ["007", "12", "345", "6789"]
    assert (two.returncode, two.stdout, two.stderr) == (1, one.stdout, one.stderr)


def test_processes_store_and_annotate(scans, home):
    pytest.importorskip("sqlalchemy", reason="needs numerals[web]")
    from numerals.store import open_store
    from numerals.store.stored_readings import list_readings

    options = ("--store", "--annotate", "seen", "--min-confidence", 1)
    assert run_process("--field", "--jobs", 2, *options, scans).returncode == 1
    assert len(list(Path("seen").iterdir())) == 4
    store = open_store(None)
    assert sorted(reading.source for reading in list_readings(store)) == [
        f"scans/{name}.png" for name in ("007", "12", "345", "6789")
    ]
    store.close()


def test_lists_and_archives(scans):
    with zipfile.ZipFile("a.zip", "w") as archive:
        archive.write("scans/345.png", "in/345.png")
    listed = ("--field", "scans/12.png", "--files-from", "-")
    done = run_process(*listed, stdin="a.zip\nscans/007.png\n")
    assert done.stdout.splitlines() == [
        "scans/12.png: 12", "a.zip/in/345.png: 345", "scans/007.png: 007"
    ]  # fmt: skip
    assert run_process("--field", "--annotate", "seen.png", "a.zip").returncode == 0
    assert Path("seen.png").is_file()


def test_out_writes_a_file_and_prints_its_counts(run, scans):
    done = run("--field", scans, "--out", "numbers.csv")
    assert (done.returncode, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]
    assert last == "numerals: 5 files, 4 numbers, 0 not accepted, 1 failed -> numbers.csv"
    with Path("numbers.csv").open(encoding="utf-8") as file:
        assert [row["text"] for row in csv.DictReader(file)] == ["007", "12", "345", "6789", ""]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--out", "a.txt", "scans"), "ends in .csv, .jsonl, .parquet or .xlsx"),
        (("--out", "a.csv", "--json", "scans"), "--out cannot be combined with"),
        (("--jobs", "2", "-"), "--jobs cannot be combined with -"),
        (("--jobs", "0", "scans"), "--jobs"),
        (("--files-from", "gone.txt"), "gone.txt"),
        (("--files-from", "-", "-"), "standard input is either"),
        ((), "Missing argument 'PATH...'"),
    ],
)
def test_invalid_options_are_reported(run, scans, arguments, message):
    done = run(*arguments, stdin=b"")
    said = " ".join(done.stderr.replace("│", " ").split())
    assert done.returncode == 2 and done.stdout == ""
    assert message in said and "Traceback" not in said


@pytest.mark.parametrize("library", ["pyarrow", "xlsxwriter"])
def test_a_missing_extra_is_named(scans, library):
    suffix = {"pyarrow": "parquet", "xlsxwriter": "xlsx"}[library]
    hidden = f"import sys; sys.modules['{library}'] = None; {NUMERALS[2]}"
    command = [sys.executable, "-c", hidden, "read", "scans", "--out", f"a.{suffix}"]
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 2
    assert b"pip install 'numerals[batch]'" in done.stderr
    assert not list(Path().glob("a*"))


@pytest.fixture
def long_batch(scans):
    """Read 3,000 files with two processes; return the command's process, and its children."""
    psutil = pytest.importorskip("psutil")
    content = Path("scans/12.png").read_bytes()
    for number in range(3000):
        Path(f"scans/{number:04}.png").write_bytes(content)
    command = [*NUMERALS, "read", "--jobs", "2", "--field", "scans", "--out", "a.csv"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    deadline = time.monotonic() + 60
    partial = Path("a.partial.csv")
    while not (partial.is_file() and partial.stat().st_size > 2000):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process, psutil.Process(process.pid).children()


def check_end(children):
    """Check that the children end, and that the rows in the partial file are complete."""
    import psutil

    assert len(children) >= 2
    gone, _ = psutil.wait_procs(children, timeout=20)
    assert all(each in gone or each.status() == psutil.STATUS_ZOMBIE for each in children)
    with Path("a.partial.csv").open(encoding="utf-8") as file:
        assert {row["text"] for row in list(csv.DictReader(file))[:-1]} <= {"12", "007"}


@posix
def test_ctrl_c_keeps_what_was_read(long_batch):
    process, children = long_batch
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all processes
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"the results so far are in a.partial.csv" in error and b"Traceback" not in error
    assert error.endswith(b"numerals: interrupted\n")
    check_end(children)


@posix
def test_kill_keeps_what_was_read_and_ends_all_processes(long_batch):
    process, children = long_batch
    process.kill()
    process.communicate(timeout=60)
    check_end(children)
