import numpy as np
from typer.testing import CliRunner

from numerals.cli.app import app
from numerals.data import write_digits
from numerals.records import Digits
from numerals.synthesis.line_sets import read_line_set


def write_blocks(path):
    images = np.zeros((10, 28, 28), np.uint8)
    images[:, 4:24, 10:16] = 255
    write_digits(Digits(images, np.arange(10)), path)


def test_writes_lines_and_a_sheet(tmp_path):
    write_blocks(tmp_path / "digits.npz")
    out, sheet = tmp_path / "lines.npz", tmp_path / "sheet.png"
    arguments = ["data", "compose", str(tmp_path / "digits.npz"), "--count", "30", "--jobs", "1"]
    done = CliRunner().invoke(app, [*arguments, "--out", str(out), "--sheet", str(sheet)])
    assert done.exit_code == 0, done.output
    assert done.stdout.split() == [str(out), str(sheet)]
    assert len(read_line_set(out)) == 30
    assert sheet.read_bytes()[:4] == b"\x89PNG"


def test_text_is_the_text_of_all_lines(tmp_path):
    write_blocks(tmp_path / "digits.npz")
    out = tmp_path / "lines.npz"
    arguments = ["data", "compose", str(tmp_path / "digits.npz"), "--count", "5", "--jobs", "1"]
    arguments += ["--text", "12.50", "--seed", "1"]  # with this seed, nothing is struck out
    done = CliRunner().invoke(app, [*arguments, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert read_line_set(out).texts == ("12.50",) * 5


def test_an_output_file_is_required(tmp_path):
    done = CliRunner().invoke(app, ["data", "compose", str(tmp_path), "--count", "5"])
    assert done.exit_code == 2
    assert "--out" in done.output
