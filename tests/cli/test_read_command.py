import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from numerals.models import model_path


@pytest.fixture
def run(run_main):
    return run_main


@pytest.fixture
def photo(draw, tmp_path):
    def save(text, name="photo.png", **options):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(draw(text, **options)).save(path)
        return path

    return save


def test_one_image_prints_its_number(run, photo):
    result = run("read", photo("5550142"))
    assert (result.returncode, result.stdout, result.stderr) == (0, "5550142\n", "")


def test_lines_of_several_files_start_with_the_file_name(run, photo, tmp_path):
    for text in ("12", "345"):
        photo(text, f"pages/{text}.png")
    result = run("read", "pages", cwd=tmp_path)
    assert result.stdout.splitlines() == ["pages/12.png: 12", "pages/345.png: 345"]


def test_standard_input_of_a_process(photo):
    command = [sys.executable, "-c", "from numerals.cli.app import main; main()", "read", "-"]
    with photo("86").open("rb") as file:
        assert subprocess.run(command, stdin=file, capture_output=True).stdout == b"86\n"


def test_join_reads_images_in_numeric_order_of_their_names(run, photo, tmp_path):
    number = "5550142867"
    for place, digit in enumerate(number, start=1):
        photo(digit, f"{place}.jpg", height=70)
    shuffled = [f"{place}.jpg" for place in (10, 1, 9, 2, 3, 4, 5, 6, 7, 8)]
    assert run("read", "--join", *shuffled, cwd=tmp_path).stdout == number + "\n"
    assert run("read", "--join", "*.jpg", cwd=tmp_path).stdout == number + "\n"


def test_json(run, photo):
    path = photo("90 21")
    found = json.loads(run("read", "--json", path).stdout)
    assert found["source"] == str(path)
    [page] = found["pages"]
    assert page["text"].split() == ["90", "21"]  # side by side: a line each, or one of both
    digits = [digit["text"] for line in page["lines"] for digit in line["digits"]]
    assert digits == list("9021")


def test_csv(run, photo):
    table = list(csv.DictReader(io.StringIO(run("read", "--csv", photo("77")).stdout)))
    assert [(row["page"], row["line"], row["text"]) for row in table] == [("1", "1", "77")]


def test_an_unreadable_file_is_skipped_and_reported(run, photo, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_text("no picture")
    result = run("read", photo("31"), bad, tmp_path / "missing.png")
    assert result.returncode == 1
    assert result.stdout.endswith("photo.png: 31\n")
    errors = result.stderr
    assert "bad.jpg" in errors and "missing.png" in errors and "Traceback" not in errors


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing.png"],
        ["--script", "klingon", "."],
        ["--model", "missing.onnx", "."],
        ["--min-confidence", "2", "."],
        ["--json", "--csv", "."],
        [],
    ],
)
def test_exit_code_is_2_if_nothing_can_be_read(run, arguments, tmp_path, photo):
    photo("1")
    result = run("read", *arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr and "Traceback" not in result.stderr


def test_min_confidence(run, photo):
    assert run("read", "--min-confidence", 1, photo("12")).stdout == "??\n"


def test_annotate(run, photo, tmp_path):
    path = photo("64")
    out = tmp_path / "seen.png"
    assert run("read", path, "--annotate", out).stdout == "64\n"
    before, after = (np.asarray(Image.open(p).convert("RGB")) for p in (path, out))
    assert before.shape == after.shape
    drawn = (after != before).any(axis=2)
    assert 50 < drawn.sum() < drawn.size / 4


def test_annotated_pictures_of_several_files_do_not_overwrite_each_other(run, photo, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / "in" / folder).mkdir(parents=True)
        photo("64").rename(tmp_path / "in" / folder / "x.png")
    run("read", tmp_path / "in" / "a", tmp_path / "in" / "b", "--annotate", tmp_path / "seen.png")
    assert {path.name for path in (tmp_path / "seen").iterdir()} == {"x-png.png", "x-png-2.png"}


def test_annotate_several_into_a_folder(run, photo, tmp_path):
    paths = [photo("1", "a.png"), photo("2", "b.png")]
    run("read", *paths, "--annotate", tmp_path / "seen")
    assert sorted(p.name for p in (tmp_path / "seen").iterdir()) == ["a-png.png", "b-png.png"]


def test_a_blank_page_prints_a_message_to_stderr_only(run, tmp_path):
    path = tmp_path / "blank.png"
    Image.new("L", (200, 100), 255).save(path)
    result = run("read", path)
    assert (result.returncode, result.stdout) == (0, "")
    assert "no number found" in result.stderr


def test_evaluate_pages(run, photo, tmp_path):
    photo("12", "a.png")
    photo("34", "b.png")
    table = tmp_path / "pages.csv"
    table.write_text("file,text,set\na.png,12,x\nb.png,35,y\n")
    result = run("evaluate", "--pages", table, "--wrong", "--json")
    figures = json.loads(result.stdout)
    assert (figures["all"]["n_lines"], figures["all"]["n_exact"]) == (2, 1)
    assert "35 read as 34" in result.stderr
    assert "50.0" in run("evaluate", "--pages", table).stdout


def test_help_shows_examples(run):
    for verb in ("read", "evaluate", "train"):
        assert "Examples" in run(verb, "--help").stdout
    assert run("--version").stdout.strip().count(".") == 2


def test_a_line_that_does_not_match_the_format_prints_a_question_mark(run, photo):
    path = photo("5550142867")
    assert run("read", "--format", "digits:10", path).stdout == "5550142867\n"
    assert run("read", "--format", "digits:4", path).stdout == "?\n"
    found = json.loads(run("read", "--format", "digits:4", "--json", path).stdout)
    [line] = found["pages"][0]["lines"]
    assert (line["accepted"], line["text"]) == (False, "5550142867")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--format", "digits:x"), "digits:x"),
        (("--format", "telephone"), "unknown number format"),
        (("--format", "digits:1", "--digits"), "combined with --digits"),
        (("--format", "digits:1", "--model", model_path("kannada")), "line model"),
    ],
)
def test_invalid_formats_are_reported(run, photo, options, message):
    done = run("read", *options, photo("1"))
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.parametrize(("max_error", "printed"), [("100%", "5550142\n"), ("0", "?\n")])
def test_numbers_above_the_maximum_error_print_a_question_mark(run, photo, max_error, printed):
    path = photo("5550142")
    assert run("read", "--max-error", max_error, path).stdout == printed
    rows = run("read", "--max-error", max_error, "--csv", path).stdout.splitlines()
    assert printed.strip() in rows[1].split(",")
    found = json.loads(run("read", "--max-error", max_error, "--json", path).stdout)
    assert found["pages"][0]["lines"][0]["accepted"] is (max_error != "0")


@pytest.mark.parametrize("max_error", ["half", "-1%", "101%", "nan", ""])
def test_an_invalid_maximum_error_is_reported(run, photo, max_error):
    done = run("read", "--max-error", max_error, photo("1"))
    assert done.returncode == 2
    assert "0.5%" in done.stderr


def test_only_digits_omits_signs_and_spaces(run, photo):
    assert run("read", "--field", "--only-digits", photo("12 34")).stdout == "1234\n"


@pytest.fixture
def table(draw, tmp_path):
    sheet = np.full((300, 640), 245, np.uint8)
    for i, text in enumerate(("835", "62", "17", "4096")):
        number = draw(text, height=44, margin=0, gap=8)
        top, left = 50 + 120 * (i // 2), 60 + 320 * (i % 2)
        sheet[top : top + number.shape[0], left : left + number.shape[1]] = number
    path = tmp_path / "table.png"
    Image.fromarray(sheet).save(path)
    return path


def test_a_table_prints_as_csv(run, table):
    assert run("read", "--table", table).stdout == "835,62\n17,4096\n"


def test_rows_of_several_tables_start_with_the_file_name(run, table):
    result = run("read", "--table", table.name, table.name, cwd=table.parent)
    assert result.stdout.splitlines()[:2] == ["table.png,835,62", "table.png,17,4096"]


def test_a_ruled_table_is_detected_without_an_option(run, draw, tmp_path):
    rows = [["835", "62"], ["17", "4096"], ["402", "88"]]
    sheet = np.full((460, 640), 245, np.uint8)
    for i, text in enumerate(text for row in rows for text in row):
        number = draw(text, height=44, margin=0, gap=8)
        top, left = 70 + 120 * (i // 2), 60 + 300 * (i % 2)
        sheet[top : top + number.shape[0], left : left + number.shape[1]] = number
    for at in (50, 170, 290, 410):
        sheet[at : at + 2, 30:630] = 90
    for at in (30, 330, 628):
        sheet[50:412, at : at + 2] = 90
    path = tmp_path / "table.png"
    Image.fromarray(sheet).save(path)
    assert run("read", path).stdout == "835    62\n 17  4096\n402    88\n"
    places = [line.split(",")[-3:] for line in run("read", "--csv", path).stdout.split()]
    assert places[:3] == [["table", "row", "column"], ["1", "1", "1"], ["1", "1", "2"]]


def test_a_rotated_page(run, photo, tmp_path):
    path = tmp_path / "turned.png"
    Image.open(photo("74273")).rotate(180, expand=True).save(path)
    assert run("read", path).stdout == "74273\n"
    assert run("read", "--turn", "180", path).stdout == "74273\n"
    assert json.loads(run("read", "--json", path).stdout)["pages"][0]["turn"] == 180


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--table", "--field"], "choose only one of"),
        (["--table", "--csv"], "--table prints CSV"),
        (["--turn", "45"], "expected auto, 0, 90"),
        (["--turn", "90", "--field"], "--turn cannot be combined"),
    ],
)
def test_conflicting_layouts_are_reported(run, photo, options, message):
    result = run("read", *options, photo("12"))
    assert result.returncode == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())
