"""Inputs from bug reports of other projects, listed in ``cases.csv`` with expected outputs."""

import csv
import os
import shlex
import shutil
import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from numerals.cli.app import app
from numerals.data import load_or_read_digits
from numerals.errors import NumeralsError

# Rows about page layout: whole pages, tables, boxes, signs, sums, strike-outs, sizes.
OF_PAGES = {
    "cents_raised.png",
    "comb_form_2.png",
    "exam_cover_dark.png",
    "fraction.png",
    "g_dollar.png",
    "g_hash_9.png",
    "g_space08.png",
    "golf.jpg",
    "size_ratio_4.png",
    "sizes_0.png",
    "struck_corrected.png",
    "sudoku_shaded.png",
    "touching_boxes.png",
}
EXTRAS = {"onnx": "train", "pillow_heif": "heic_renamed"}

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def cases(data_folder) -> Path:
    folder = data_folder.parent / "cases"
    if not (folder / "cases.csv").is_file():
        pytest.skip("needs the folder cases beside the data sets")
    return folder


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "cases.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def case_rows():
    """Return the rows to run, or one placeholder if the data is missing."""
    folder = Path(os.environ.get("NUMERALS_DATA", "missing")).parent / "cases"
    if not (folder / "cases.csv").is_file():
        return [pytest.param(None, id="no cases")]
    return [
        pytest.param(row, id=f"{row['file']}-{row['command'].split()[1]}")
        for row in rows(folder)
        if row["file"] not in OF_PAGES
    ]


def run(command: str) -> tuple[str, str, int]:
    """Run the commands of a row; return stdout, stderr and exit code of the last one."""
    for part in command.removesuffix("(unpacked)").split(";"):
        arguments = shlex.split(part)
        arguments = arguments[1:] if arguments[0] == "numerals" else arguments
        result = CliRunner().invoke(app, arguments)
        if isinstance(result.exception, NumeralsError):  # `main` prints it and exits with code 2
            return result.stdout, str(result.exception), 2
        assert result.exception is None or isinstance(result.exception, SystemExit), part
    return result.stdout, result.stderr, result.exit_code


def is_converted_or_reported(out: str, err: str, code: int) -> bool:
    return (code == 0 and Path("out.npz").is_file()) or (code == 2 and "--" in err)


def are_digits_of_a_split(out: str, err: str, code: int) -> bool:
    if code:
        return "split" in err
    return set(load_or_read_digits("out.npz").classes) == set("0123456789") and "split" in err


EXPECTED = {
    "(no number found)": lambda out, err, code: not out and "no number found" in err,
    "converted (or a message that names the remedy)": is_converted_or_reported,
    "a warning that the pictures are transposed, or 99 %": lambda out, err, code: (
        "transposed" in err or " 99." in out
    ),
    "classes 0..9, split told": are_digits_of_a_split,
    "an answer, no traceback": lambda out, err, code: code == 0 and out.strip() == "seven",
    "the file named in the message": lambda out, err, code: code == 0 or "heic_renamed.jpg" in err,
}


@pytest.fixture
def in_folder(cases, tmp_path, monkeypatch):
    """Return a function that copies the files of a case to an empty current folder."""
    monkeypatch.chdir(tmp_path)

    def copy_files(name: str) -> None:
        shutil.copy(cases / name, tmp_path)
        if "images-idx3" in name:
            labels = name.replace("images-idx3", "labels-idx1")
            shutil.copy(cases / labels, tmp_path)
        if name.endswith(".tgz"):
            with tarfile.open(name) as archive:
                archive.extractall(tmp_path, filter="data")

    return copy_files


@pytest.mark.parametrize("row", case_rows())
def test_output_is_as_expected(row, data_folder, in_folder):
    if row is None:
        pytest.skip("needs the folder cases beside the data sets")
    for module, what in EXTRAS.items():
        if what in row["command"]:
            pytest.importorskip(module)
    in_folder(row["file"])
    out, err, code = run(row["command"])
    if row["wanted"] in EXPECTED:
        assert EXPECTED[row["wanted"]](out, err, code), (out, err, code)
    else:
        assert "|".join(out.splitlines()) == row["wanted"].removesuffix(" (or ?)"), err


def test_skipped_rows_exist(cases):
    assert {row["file"] for row in rows(cases)} >= OF_PAGES
