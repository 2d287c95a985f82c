import json
import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image

from numerals.data import write_digits
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs


@pytest.fixture
def run(call):
    return partial(call, "evaluate")


@pytest.fixture(scope="module")
def digits():
    """Handwriting fonts' digits, three of each; one of them with a wrong label."""
    glyphs, characters = load_font_glyphs()
    places = [characters.index(str(value)) for value in range(10)]
    images = np.concatenate([glyphs[font, places] for font in (5, 20, 40)])
    labels = np.tile(np.arange(10), 3)
    labels[3] = 8
    return Digits(images, labels, name="drawn")


@pytest.fixture
def data(digits, tmp_path):
    write_digits(digits, tmp_path / "drawn.npz")
    return tmp_path / "drawn.npz"


def test_digits_as_text_tables(run, data):
    code, out, err = run("--data", data)
    assert (code, err) == (0, "")
    assert re.search(r"drawn +30 +\d+ +\d+\.\d\d", out)
    for part in ("accepted %", "precision %", "truth \\ answer"):
        assert part in out


def test_digits_as_json(run, data):
    code, out, err = run("latin", "--data", data, "--json", "--wrong")
    figures = json.loads(out)
    assert code == 0
    assert figures["n_images"] == 30
    assert [3, 8, 3] in [each[:3] for each in figures["wrong"]]
    assert np.sum(figures["confusion"]) == 30
    assert "image 3: 8 read as 3" in err
    assert json.loads(run("--data", data, "--limit", 5, "--json")[1])["n_images"] == 5


def test_report_of_digits(run, data, tmp_path):
    pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")
    code, _, err = run("--data", data, "--report", tmp_path / "out" / "report.html")
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert code == 0 and "wrote" in err
    assert "8 → 3" in html and "#3" in html
    for heading in ("Classes", "Confusion matrix", "Confidence", "Misclassified", "Model"):
        assert heading in html
    assert not re.search(r'(?:src|href)="(?!#|data:)', html)


def test_another_script_is_matched_by_value_with_a_warning(run, digits, tmp_path):
    classes = tuple("०१२३४५६७८९")
    write_digits(replace(digits, classes=classes, script="devanagari"), tmp_path / "d.npz")
    code, out, err = run("--data", tmp_path / "d.npz", "--json")
    assert code == 0
    assert "holds devanagari digits, the model was made for latin" in err
    assert json.loads(out)["accuracy"] > 0.7


def test_digits_without_labels_are_rejected(run, digits, tmp_path):
    write_digits(replace(digits, labels=np.full(30, -1)), tmp_path / "test.npz")
    code, out, err = run("--data", tmp_path / "test.npz")
    assert (code, out) == (2, "")
    assert "30 of 30 digits have no label" in err and "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--data or --pages"),
        (["--data", "mnist", "--pages", "x.csv"], "--data or --pages"),
        (["klingon", "--data", "mnist"], "unknown script or model file"),
        (["missing.onnx", "--data", "mnist"], "no such model file"),
        (["--data", "missing"], "no data set of this name"),
    ],
)
def test_bad_input_is_reported(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err and "Traceback" not in err


def test_a_report_that_cannot_be_written_is_reported(run, data, tmp_path):
    pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")
    for path, message in (
        (data / "out.html", "folder cannot be created"),
        (tmp_path, "is a folder"),
    ):
        code, out, err = run("--data", data, "--report", path)
        assert (code, out) == (2, "")
        assert message in err


def test_missing_skops_file(run):
    pytest.importorskip("skops", reason="needs pip install 'numerals[lab]'")
    code, _, err = run("missing.skops", "--data", "mnist")
    assert code == 2 and "no such model file" in err


@pytest.fixture
def pages(draw, tmp_path):
    for name, text in (("a.png", "12"), ("b.png", "34"), ("c.png", "567")):
        Image.fromarray(draw(text)).save(tmp_path / name)
    table = tmp_path / "pages.csv"
    table.write_text("file,text,set\na.png,12,x\nb.png,35,y\nc.png,567|89,y\n")
    return table


def test_pages(run, pages):
    code, out, err = run("--pages", pages, "--wrong", "--json")
    figures = json.loads(out)
    assert code == 0
    assert (figures["all"]["n_lines"], figures["all"]["n_exact"]) == (4, 2)
    assert "35 read as 34" in err and "89 read as (nothing)" in err
    assert re.search(r"^all +3 +4 +2 +50\.0", run("--pages", pages)[1], re.MULTILINE)


def test_report_of_pages(run, pages, tmp_path):
    pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")
    assert run("--pages", pages, "--report", tmp_path / "report.html")[0] == 0
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "35 → 34" in html and "89 → missed" in html
    assert "2 of 4 lines on 3 pages are read exactly" in html
    assert html.count("<li><img") == 2
    assert not re.search(r'(?:src|href)="(?!#|data:)', html)
