"""``numerals read`` with unusual input and file names."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image

import hostile_pdfs as pdfs
from numerals.images import pdf_process

NUMERALS = [sys.executable, "-c", "from numerals.cli.app import main; main()"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")


@pytest.fixture
def folder(draw, tmp_path, monkeypatch):
    Image.fromarray(draw("31")).save(tmp_path / "good.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_hostile_pdf_is_reported_in_one_line(folder, call, monkeypatch):
    monkeypatch.setattr(pdf_process.PDF_LIMITS, "seconds", 0.15)
    (folder / "bad.pdf").write_bytes(pdfs.soft_masks())
    code, out, err = call("read", "bad.pdf", "good.png")
    assert (code, out) == (1, "good.png: 31\n")
    assert err.startswith("numerals: error: bad.pdf: takes longer than") and err.count("\n") == 1


@posix
def test_ctrl_c_during_pdf_rendering_ends_both_processes(folder):
    (folder / "bad.pdf").write_bytes(pdfs.soft_masks())
    code = (
        "from numerals.cli.app import main; from numerals.images import pdf_process as p; "
        "start = p._start; "
        "p._start = lambda *a: (lambda c: (print(c.pid, flush=True), c)[1])(start(*a)); main()"
    )
    command = [sys.executable, "-c", code, "read", "bad.pdf"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to both
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in err
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@posix
def test_pipes_devices_and_empty_names_are_reported(folder, call):
    os.mkfifo("pipe")
    code, out, err = call("read", "pipe", "/dev/zero", "", "good.png")
    assert (code, out) == (1, "good.png: 31\n")
    for message in ("pipe: is a named pipe", "/dev/zero: is a device", "the path is empty"):
        assert message in err


def test_heic_without_its_extra_is_reported_with_the_file_name(folder, call, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    (folder / "renamed.jpg").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    code, out, err = call("read", "renamed.jpg", "good.png")
    assert (code, out) == (1, "good.png: 31\n")
    assert err.startswith("numerals: error: renamed.jpg: reading HEIC needs an extra")


def test_closed_standard_input_is_reported(folder, call, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    code, out, err = call("read", "-")
    assert (code, out) == (2, "")
    assert "-: standard input is closed; give a file" in err
    assert call("read", "good.png")[:2] == (0, "31\n")


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stdin", "message"),
    [
        (io.TextIOWrapper(io.BytesIO()), "<stream>: is empty"),
        (Terminal(io.BytesIO()), "-: standard input is a terminal; pipe an image"),
    ],
)
def test_standard_input_without_an_image_is_reported(call, monkeypatch, stdin, message):
    monkeypatch.setattr(sys, "stdin", stdin)
    code, out, err = call("read", "-")
    assert (code, out) == (2, "")
    assert message in err


@pytest.fixture
def odd_name(folder):
    try:
        (folder / "good.png").rename("good\udcff.png")
    except OSError:
        pytest.skip("this file system has no such names")
    return "good\udcff.png"


@posix
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_names_that_are_not_utf8_are_escaped(odd_name, encoding):
    environment = os.environ | {"PYTHONIOENCODING": encoding}

    def run(*options: str) -> str:
        done = subprocess.run(
            [*NUMERALS, "read", *options, os.fsencode(odd_name)],
            capture_output=True,
            env=environment,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout.decode(encoding)

    assert json.loads(run("--json"))["source"] == odd_name
    if encoding == "utf-8":
        [row] = csv.DictReader(io.StringIO(run("--csv")))
        assert (row["file"], row["text"]) == (r"good\udcff.png", "31")


@posix
def test_messages_escape_names_that_are_not_utf8(odd_name, folder, call):
    (folder / "empty.png").touch()
    code, out, err = call("read", ".", "gone\udcff.png")
    assert code == 1
    assert out.endswith(": 31\n") and "empty.png: is empty" in err and "gone" in err
