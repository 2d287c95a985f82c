"""Full disks, closed streams and Ctrl-C: one line on stderr, an exit code, nothing half-written."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from numerals.data import write_digits
from numerals.errors import DataError
from numerals.files import open_all_atomic
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs

NUMERALS = [sys.executable, "-c", "from numerals.cli.app import main; main()"]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX limits and devices")


def shell(script, *arguments, cwd=None):
    """Run the command in a shell script, where it is "$@"."""
    command = ["sh", "-c", script, "sh", *NUMERALS, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd)


def assert_error(found, *words):
    """Check that stderr has one error line and the exit code is 2."""
    assert found.returncode == 2, found.stderr
    assert found.stderr.count("numerals: error: ") == 1 and "Traceback" not in found.stderr
    assert all(word in found.stderr for word in words), found.stderr


@pytest.fixture
def digits(tmp_path):
    glyphs, characters = load_font_glyphs()
    columns = [characters.index(character) for character in "0123456789"]
    images = glyphs[:20, columns].reshape(-1, 28, 28)
    write_digits(Digits(images, np.tile(np.arange(10), 20)), tmp_path / "digits.npz")
    return tmp_path / "digits.npz"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("arguments", [["data", "list"], ["--version"], ["data", "info", "mnist"]])
def test_standard_output_on_a_full_disk(arguments):
    assert_error(shell('"$@" > /dev/full', *arguments), "the output cannot be written (No space")


@pytest.mark.parametrize(
    "target", ["a-images-idx3-ubyte", "a-images-idx3-ubyte.gz", "a.csv", "a.npz", "a.pkl"]
)
def test_full_disk_during_data_conversion(digits, tmp_path, target):
    (tmp_path / "out").mkdir()
    found = shell('ulimit -f 8; "$@"', "data", "convert", digits, tmp_path / "out" / target)
    assert_error(found, "cannot be written (File too large)", target)
    assert not list((tmp_path / "out").iterdir())


def test_full_disk_while_writing_a_sheet_or_report(digits, tmp_path):
    found = shell('ulimit -f 8; "$@"', "data", "show", digits, "--out", tmp_path / "sheet.png")
    assert_error(found, "sheet.png: cannot be written (File too large)")
    assert [path.name for path in tmp_path.iterdir()] == ["digits.npz"]


def test_related_files_are_replaced_together(tmp_path):
    (tmp_path / "b").write_bytes(b"old")
    with pytest.raises(DataError, match="a: cannot be written"):
        with open_all_atomic(tmp_path / "a", tmp_path / "b") as (first, second):
            first.write(b"new")
            second.write(b"new")
            second.flush()
            os.close(second.fileno())  # its end cannot be written
            second.write(b"more")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert (tmp_path / "b").read_bytes() == b"old"


def test_closed_streams():
    assert_error(shell('"$@" >&-', "data", "list"), "the output cannot be written")
    assert_error(shell('"$@" - <&-', "read"), "standard input is closed")
    found = shell('"$@" 2>&-', "read", "nothing-here.png")
    assert (found.returncode, found.stdout, found.stderr) == (2, "", "")


def test_a_closed_pipe_is_not_an_error():
    found = shell('"$@" | true', "data", "list")
    assert found.stderr == ""


@pytest.mark.parametrize("seconds", [0.3, 0.6])
def test_ctrl_c_while_it_loads(seconds, digits):
    with subprocess.Popen(
        [*NUMERALS, "data", "compose", str(digits), "--count", "100000", "--out", "lines.npz"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=digits.parent,
        start_new_session=True,
    ) as process:
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGINT)
        try:
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert errors.endswith("numerals: interrupted\n") and "Traceback" not in errors
    assert [path.name for path in digits.parent.iterdir()] == ["digits.npz"]
