"""``numerals audit``: from a finished run to a statement."""

import csv
import json
import shutil

import cv2
import pytest

pytest.importorskip("scipy", reason="needs numerals[batch]")
pytest.importorskip("pyarrow", reason="needs numerals[batch]")

from typer.testing import CliRunner

from numerals.cli.app import app

TRUTH = {f"{n}.png": text for n, text in enumerate(f"{i * 7919 % 10000:04d}" for i in range(24))}


_MADE = []  # the run, read once


@pytest.fixture
def run(draw, tmp_path, tmp_path_factory):
    """Return a run of drawn numbers."""
    if not _MADE:
        folder = tmp_path_factory.mktemp("audit")
        (folder / "scans").mkdir()
        for name, text in TRUTH.items():
            cv2.imwrite(str(folder / "scans" / name), draw(text, gap=8))
        command = ["read", f"{folder}/scans", "--field", "--out", f"{folder}/run/", "--jobs", "1"]
        result = CliRunner().invoke(app, command, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        _MADE.append(folder / "run")
    return shutil.copytree(_MADE[0], tmp_path / "run")


def fill(run, path, change=lambda text: text):
    """Fill in the sample of the first stage by the truth."""
    with (run / "audit" / "stage-1" / "sample.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], delimiter=";")
        writer.writeheader()
        for row in rows:
            writer.writerow(row | {"answer": change(TRUTH[row["file"].rsplit("/")[-1]])})
    return path


def test_from_a_run_to_a_statement(run, call, tmp_path):
    code, out, err = call("audit", "plan", run, "--max-error", "20%", "--min-confidence", 0.5)
    assert code == 0 and err == "" and "review" in out and "crops/" in out
    crops = list((run / "audit" / "stage-1" / "crops").iterdir())
    assert len(crops) == json.loads((run / "audit/stage-1/plan.json").read_text())["n"]
    assert call("audit", "result", run)[0] == 2
    path, accepted = fill(run, tmp_path / "anna.csv"), tmp_path / "accepted.csv"
    code, out, err = call("audit", "result", run, "--answers", path, "--out", accepted)
    assert code == 0 and "PASSED: At most 20 %" in out, out + err
    assert (run / "audit" / "certificate.html").exists()
    with accepted.open() as stream:
        rows = list(csv.DictReader(stream))
    reviewed = {crop.stem for crop in crops}
    assert sum(row["text"] == TRUTH[row["file"].rsplit("/")[-1]] for row in rows) >= len(reviewed)


def test_a_failed_audit_exits_with_1(run, call, tmp_path):
    call("audit", "plan", run, "--max-error", "10%", "--min-confidence", 0.5, "--allow", 0)
    path = fill(run, tmp_path / "a.csv", change=lambda text: "illegible")
    code, out, err = call("audit", "result", run, "--answers", f"ben={path}")
    assert code == 1 and "NOT PASSED" in out and "NaN" not in out
    code, out, err = call("audit", "plan", run)
    assert code == 2 and "would prove nothing" in err


def test_a_stage_that_reviews_everything_is_not_proposed(run, call, tmp_path):
    call("audit", "plan", run, "--max-error", "20%", "--min-confidence", 0.5, "--stages", 2)
    path = fill(run, tmp_path / "a.csv", change=lambda text: text + "1")
    code, out, _ = call("audit", "result", run, "--answers", f"ben={path}")
    assert code == 1 and ("no useful stage is left" in out or "no further stage" in out)
    assert "more reviews" not in out


def test_a_run_with_a_missing_part_cannot_be_audited(run, call):
    next((run / "numbers").iterdir()).unlink()
    code, _, err = call("audit", "plan", run, "--max-error", "10%")
    assert code == 2 and "parts were removed" in " ".join(err.split())


def test_choices_without_a_draw(run, call):
    arguments = ("audit", "plan", run, "--max-error", "0.2", "--min-confidence", 0, "--dry-run")
    code, out, _ = call(*arguments, "--json")
    choices = json.loads(out)
    assert code == 0 and choices["size"] in choices["sizes"]
    assert choices["n_population"] == 24 and not (run / "audit").exists()
    assert "<- chosen" in call(*arguments)[1]


@pytest.mark.parametrize(
    "options, message",
    [
        (("--stages", 2), "require --max-error"),
        (("--max-error", "much"), "expected a rate"),
        (("--max-error", "0"), "more than 0"),
        ((), "needs the error rate"),
        (("--max-error", "1%", "--reviewed", "none.csv"), "none.csv: cannot be read"),
    ],
)
def test_options_that_are_not_valid(run, call, options, message):
    code, _, err = call("audit", "plan", run, *options)
    assert code == 2 and message in " ".join(err.replace("│", " ").split())


def test_runs_that_cannot_be_audited(run, call):
    for path, message in (("nowhere", "is no run"), ("s3://bucket/run", "local folder")):
        code, _, err = call("audit", "plan", path, "--max-error", "1%")
        assert code == 2 and message in err
    manifest = run / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"complete"', '"running"'))
    code, _, err = call("audit", "plan", run, "--max-error", "1%")
    assert code == 2 and "is not complete" in err


def test_watch(run, call, tmp_path):
    other = shutil.copytree(run, tmp_path / "other")
    code, out, _ = call("audit", "watch", other, "--against", run)
    assert code == 0 and "no drift found" in out and "does not prove" in out
    manifest = other / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"layout": "field"', '"layout": "page"'))
    code, _, err = call("audit", "watch", other, "--against", run)
    assert code == 2 and "other options" in err and "layout" in err
