import csv
import io
import json
import shutil
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "form"
COLUMNS = (
    "file crew_number date adults children seniors total hours_start hours_end phone doubtful error"
)
FIRST = "204817 20260114 138 46 27 211 41907 41915 5550142867"
SECOND = "093356 20260115 95  60 155 41915 41926 5550197340"


@pytest.fixture
def run(run_main):
    def run(*arguments, template=EXAMPLE / "form.toml", **options):
        return run_main("read", "--template", template, *arguments, **options)

    return run


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("sheet-1.jpg", "sheet-2.jpg"):
        shutil.copy(EXAMPLE / name, folder)
    return folder


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_prints_a_row_per_scan(run, scans):
    result = run(scans)
    table = rows(result.stdout)
    assert (result.returncode, result.stderr) == (0, "")
    assert list(table[0]) == COLUMNS.split()
    assert [list(row.values())[1:-2] for row in table] == [FIRST.split(" "), SECOND.split(" ")]
    assert [row["file"] for row in table] == [str(p) for p in sorted(scans.iterdir())]
    assert [row["error"] for row in table] == ["", ""]


def test_out_writes_a_file_and_prints_nothing(run, scans, tmp_path):
    out = tmp_path / "answers.csv"
    result = run(scans / "sheet-1.jpg", "--out", out)
    assert (result.returncode, result.stdout) == (0, "")
    assert rows(out.read_text(encoding="utf-8"))[0]["total"] == "211"


def test_json(run, scans):
    result = run("--json", "--min-confidence", 1, scans / "sheet-2.jpg")
    found = json.loads(result.stdout)
    fields = {field["name"]: field for field in found["fields"]}
    assert fields["children"]["text"] == ""
    assert [relation["holds"] for relation in found["relations"]] == [True, True]
    assert "total" in found["doubtful"] and "children" not in found["doubtful"]


def test_a_scan_of_another_form_is_reported_and_the_others_are_read(run, scans):
    shutil.copy(EXAMPLE.parent / "phone-number.jpg", scans / "other.jpg")
    result = run(scans)
    table = {Path(row["file"]).name: row for row in rows(result.stdout)}
    assert result.returncode == 1
    assert "other.jpg: the scan does not show the form" in result.stderr
    assert "does not show the form" in table["other.jpg"]["error"]
    assert table["other.jpg"]["total"] == ""
    assert table["sheet-2.jpg"]["total"] == "155"


def test_standard_input(run, scans):
    result = run("-", stdin=(scans / "sheet-1.jpg").read_bytes())
    assert rows(result.stdout)[0]["phone"] == "5550142867"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--digits", "."],
        ["--join", "."],
        ["--annotate", "seen.png", "."],
        ["missing.png"],
        ["--out", "no/such/folder/a.csv", str(EXAMPLE / "sheet-1.jpg")],
        [str(EXAMPLE.parent / "phone-number.jpg")],
    ],
)
def test_invalid_options_end_with_exit_code_2(run, arguments):
    result = run(*arguments)
    assert result.returncode == 2
    assert result.stderr and "Traceback" not in result.stderr


def test_an_invalid_template_ends_with_exit_code_2(run, tmp_path, scans):
    template = tmp_path / "form.toml"
    template.write_text('image = "none.png"')
    result = run(scans, template=template)
    assert result.returncode == 2
    assert "none.png" in result.stderr and "Traceback" not in result.stderr
    assert run(scans, template=tmp_path / "no.toml").returncode == 2
