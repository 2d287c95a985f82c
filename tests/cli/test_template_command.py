"""`numerals template`: a template from a picture reads forms without an editor."""

import csv
import io
import json
import shutil
from pathlib import Path

import cv2
import pytest

from numerals.forms import load_template

EXAMPLE = Path(__file__).parents[2] / "examples" / "form"
PHOTO = EXAMPLE.parent / "phone-number.jpg"
FIRST = {"204817", "20260114", "138", "46", "27", "211", "41907", "41915", "5550142867"}


@pytest.fixture
def run(run_main):
    return run_main


@pytest.fixture
def form(tmp_path):
    return Path(shutil.copy(EXAMPLE / "blank-form.png", tmp_path))


def test_new_template_reads_the_example_sheets(run, form):
    result = run("template", "new", form)
    template = form.with_suffix(".toml")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"{template}: 9 fields, 2 of them combs, on a blank form\n"
    assert sorted(path.name for path in form.parent.iterdir()) == [
        "blank-form.png",
        "blank-form.toml",
    ]
    read = run("read", "--template", template, EXAMPLE / "sheet-1.jpg").stdout
    (row,) = csv.DictReader(io.StringIO(read))
    assert {row[f"f{i}"] for i in range(1, 10)} == FIRST


def test_photograph_is_straightened_into_a_new_picture(run, tmp_path):
    result = run("template", "new", EXAMPLE / "sheet-1.jpg", "--out", tmp_path / "a" / "ferry.toml")
    assert "9 fields, 2 of them combs, on a filled-in form" in result.stdout
    assert (tmp_path / "a" / "ferry.png").is_file()
    assert load_template(tmp_path / "a" / "ferry.toml").filled


def test_existing_files_are_kept(run, form):
    form.with_suffix(".toml").write_text("mine")
    result = run("template", "new", form)
    assert result.returncode == 2 and "exists" in result.stderr
    assert form.with_suffix(".toml").read_text() == "mine"
    assert run("template", "new", form, "--overwrite").returncode == 0
    assert load_template(form.with_suffix(".toml")).fields


def test_picture_without_boxes_is_an_error(run, tmp_path):
    blank = tmp_path / "blank.png"
    cv2.imwrite(str(blank), cv2.imread(str(EXAMPLE / "blank-form.png"))[-100:-40])
    result = run("template", "new", blank)
    assert result.returncode == 2 and "found no boxes" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["blank.png"]


def test_show_draws_the_fields(run, tmp_path):
    out = tmp_path / "seen.png"
    assert run("template", "show", EXAMPLE / "form.toml", "--out", out).returncode == 0
    drawn, blank = cv2.imread(str(out)), cv2.imread(str(EXAMPLE / "blank-form.png"))
    assert drawn.shape == blank.shape and (drawn != blank).any()


def test_check_reports_scans_that_do_not_show_the_form(run):
    scans = [EXAMPLE / "sheet-1.jpg", PHOTO]
    result = run("template", "check", EXAMPLE / "form.toml", *scans, "--json")
    values = json.loads(result.stdout)
    assert result.returncode == 1
    assert list(values["found"]) == [str(scans[0])] and list(values["failed"]) == [str(PHOTO)]
    assert run("template", "check", EXAMPLE / "form.toml", scans[0]).returncode == 0


def test_check_reports_problems(run, form):
    template = form.with_suffix(".toml")
    box = "box = [300, 250, 600, 312]"
    fields = "".join(f'[[field]]\nname = "{name}"\n{box}\n' for name in "ab")
    template.write_text(f'image = "{form.name}"\n{fields}')
    result = run("template", "check", template)
    assert result.returncode == 1 and "a and b overlap" in result.stderr
