"""``numerals read`` with constraints between numbers."""

import csv
import io
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

EXAMPLE = Path(__file__).parents[2] / "examples" / "form"
RULES = '[[column]]\nnumber = 2\nafter = "previous row"\n'


@pytest.fixture
def run(run_main):
    return partial(run_main, "read")


@pytest.fixture
def table(draw, tmp_path):
    rows = [["17", "120"], ["25", "945"], ["38", "131"], ["42", "140"]]
    picture = np.full((4 * 120, 700), 245, np.uint8)
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            cell = draw(text, margin=5)
            height, width = cell.shape
            picture[120 * i + 20 : 120 * i + 20 + height, 350 * j + 40 : 350 * j + 40 + width] = (
                cell
            )
    Image.fromarray(picture).save(tmp_path / "table.png")
    (tmp_path / "columns.toml").write_text(RULES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def stack(tmp_path):
    template = (EXAMPLE / "form.toml").read_text(encoding="utf-8")
    order = 'name = "hours_start"\nafter = "previous form"\n'
    template = template.replace('name = "hours_start"\n', order)
    (tmp_path / "form.toml").write_text(template, encoding="utf-8")
    for name in ("blank-form.png", "sheet-1.jpg", "sheet-2.jpg"):
        shutil.copy(EXAMPLE / name, tmp_path)
    return tmp_path


def test_a_number_of_a_table_that_is_out_of_order_is_printed_as_a_question_mark(run, table):
    result = run("--table", "--columns", "columns.toml", "table.png", cwd=table)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == ["17,120", "25,?", "38,131", "42,140"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--columns", "columns.toml"], "--columns requires --table"),
        (["--table", "--columns", "columns.toml", "--format", "digits"], "with --format"),
        (["--table", "--columns", "columns.toml", "--store"], "with --store"),
        (["--table", "--columns", "no.toml"], "no.toml: no such file"),
        (["--table", "--columns", "table.png"], "table.png: "),
    ],
)
def test_wrong_use_of_columns_is_an_error(run, table, arguments, message):
    result = run(*arguments, "table.png", cwd=table)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())


def test_fields_of_a_stack_that_are_out_of_order_are_doubtful(run, stack):
    def doubtful(*scans):
        result = run("--template", "form.toml", *scans, cwd=stack)
        assert (result.returncode, result.stderr) == (0, "")
        return [row["doubtful"] for row in csv.DictReader(io.StringIO(result.stdout))]

    assert doubtful("sheet-1.jpg", "sheet-2.jpg") == ["", ""]
    assert doubtful("sheet-2.jpg", "sheet-1.jpg") == ["hours_start", "hours_start"]


def test_the_numbers_of_a_run_satisfy_the_constraints_of_columns(run, table):
    pytest.importorskip("pyarrow", reason="needs numerals[batch]")
    from numerals.batch import open_run

    read = ("--table", "--columns", "columns.toml", "table.png", "--jobs", "1", "--out", "run/")
    for _ in range(2):  # continuing the run changes nothing
        assert run(*read, cwd=table).returncode == 0
        rows = [row for row in open_run(str(table / "run")).rows() if row.column == 2]
        assert [(row.text, row.accepted) for row in rows] == [
            ("120", None),
            ("945", False),
            ("131", None),
            ("140", None),
        ]
    (table / "columns.toml").write_text(RULES + "strict = true\n", encoding="utf-8")
    result = run(*read, cwd=table)
    assert result.returncode == 2 and "was started with columns=" in result.stderr


def test_the_forms_of_a_run_satisfy_the_constraints_of_the_stack(run, stack):
    pytest.importorskip("pyarrow", reason="needs numerals[batch]")
    from numerals.batch import open_run

    (stack / "2-first.jpg").write_bytes((stack / "sheet-1.jpg").read_bytes())
    scans = ("sheet-2.jpg", "2-first.jpg")
    read = ("--template", "form.toml", *scans, "--jobs", "1", "--out", "run/")
    assert run(*read, cwd=stack).returncode == 0
    rows = list(open_run(str(stack / "run")).rows())
    refused = [(row.file, row.field) for row in rows if row.accepted is False]
    assert refused == [("sheet-2.jpg", "hours_start"), ("2-first.jpg", "hours_start")]
    masked = run(*read, "--min-confidence", "0.5", cwd=stack)
    message = " ".join(masked.stderr.replace("│", "").split())
    assert masked.returncode == 2 and "change the numbers that constraints compare" in message
