"""``numerals explain PICTURE``, from the command line to its files."""

import builtins
import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from numerals.cli.app import app
from numerals.cli.explain_picture import is_picture
from numerals.errors import ImageError, UnknownNameError


@pytest.fixture
def number(draw, tmp_path):
    path = tmp_path / "number.png"
    cv2.imwrite(str(path), draw("31984"))
    return path


@pytest.fixture
def seven(tmp_path):
    canvas = np.full((200, 200), 255, np.uint8)
    points = np.array([(56, 36), (144, 36), (90, 170)], np.int32)
    cv2.polylines(canvas, [points], False, 0, 14, cv2.LINE_AA)
    path = tmp_path / "seven.png"
    cv2.imwrite(str(path), canvas)
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["explain", *map(str, arguments)])


@pytest.fixture
def no_lab(monkeypatch):
    """Make the imports of the lab extra fail."""
    real_import = builtins.__import__

    def fail(name, *arguments, **options):
        if name.split(".")[0] in ("sklearn", "matplotlib", "jinja2", "threadpoolctl"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if name.startswith(("numerals.explain", "numerals.reports.picture_report")):
            raise ModuleNotFoundError("No module named 'sklearn'", name="sklearn")
        return real_import(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", fail)


def test_pictures_are_told_from_models(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin").mkdir()
    (tmp_path / "scan").write_bytes(b"")
    assert [name for name in ("photo.jpg", "a/b.PNG", "scan", "-") if not is_picture(name)] == []
    assert not any(map(is_picture, ("latin", "kannada", "cnn.skops", "own.onnx", "logistic")))


def test_a_line_is_explained_as_text(number):
    result = run(number)
    assert result.exit_code == 0, result.output
    for part in ("31984 (", "Numbers found: ", "Input of the model: ", "probability"):
        assert part in result.stdout


def test_json_has_steps_findings_and_frames(number):
    explanation = json.loads(run(number, "--field", "--json").stdout)
    (found,) = explanation["numbers"]
    assert (found["kind"], found["text"]) == ("line", "31984")
    assert [step["name"] for step in found["steps"]] == ["crop", "input", "frames", "answer"]
    assert len(found["frames"]["proba"]) == len(found["frames"]["blank"])
    assert {finding["kind"] for finding in found["findings"]} <= {"unusual", "handled", "typical"}


def test_wanted_number_and_line_are_chosen(number):
    result = run(number, "--line", 1, "--why-not", "31484")
    assert "31484 has a probability of" in result.stdout


def test_a_digit_is_explained_without_the_lab_extra(seven, no_lab):
    result = run(seven)
    assert result.exit_code == 0, result.output
    assert "7 (" in result.stdout and "most similar" not in result.stdout
    assert "pip install 'numerals[lab]'" in result.stderr


def test_report_needs_the_lab_extra(seven, no_lab, tmp_path):
    result = run(seven, "--out", tmp_path / "why.html")
    assert "--out" in str(result.exception) and "numerals[lab]" in str(result.exception)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--index", 3), "--index does not apply to a picture"),
        (("--maps", "a.npz"), "--maps does not apply to a picture"),
        (("--digits", "--field"), "choose only one of --digits, --field and --table"),
        (("--line", 5), "there is no line 5"),
        (("--digits", "--why-not", "77"), "one of 0, 1"),
    ],
)
def test_bad_options_are_usage_errors(number, options, message):
    result = run(number, *options)
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


def test_options_of_pictures_do_not_apply_to_models():
    result = run("latin", "--data", "mnist", "--field")
    assert result.exit_code == 2
    assert "--field does not apply to a model" in result.output


def test_model_needs_data():
    result = run("latin")
    assert result.exit_code == 2
    assert "--data NAME" in result.output


def test_missing_and_unreadable_pictures_are_errors(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"nothing")
    for name, message in (("no.jpg", "no such file"), ("bad.png", "is not a picture")):
        result = run(tmp_path / name)
        assert isinstance(result.exception, ImageError) and message in str(result.exception)
    assert isinstance(run("logistic", "--data", "mnist").exception, UnknownNameError)


class TestReport:
    @pytest.fixture(autouse=True)
    def _skip_without_lab(self):
        for name in ("sklearn", "matplotlib", "jinja2"):
            pytest.importorskip(name, reason="needs numerals[lab]")

    def test_report_of_a_line_is_self_contained(self, number, tmp_path):
        out = tmp_path / "why.html"
        result = run(number, "--out", out)
        assert result.exit_code == 0, result.output
        html = out.read_text(encoding="utf-8")
        assert "How number.png was read" in html
        assert html.count("data:image/png;base64,") >= 4  # page, line, strip, frames
        assert "http://" not in html.replace("http://www.w3.org", "")

    def test_report_of_a_digit_has_maps(self, seven, tmp_path, monkeypatch):
        monkeypatch.setenv("NUMERALS_DATA", str(tmp_path))
        out = tmp_path / "why.html"
        result = run(seven, "--out", out)
        assert result.exit_code == 0, result.output
        html = out.read_text(encoding="utf-8")
        assert "Which pixels matter" in html and "Input of the model" in html
