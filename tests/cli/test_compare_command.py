import json
import re
from functools import partial

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

from inline_trials import inline_trials
from numerals.data import write_digits
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs


@pytest.fixture
def run(call):
    return partial(call, "compare")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Digits of twenty handwriting fonts, in one part."""
    glyphs, characters = load_font_glyphs()
    places = [characters.index(str(value)) for value in range(10)]
    images = np.concatenate([glyphs[font, places] for font in range(20)])
    path = tmp_path_factory.mktemp("data") / "fonts.npz"
    write_digits(Digits(images, np.tile(np.arange(10), 20), name="fonts"), path)
    return path


def test_methods_and_models_are_compared_and_failures_are_reported(run, data, tmp_path):
    report = tmp_path / "compare.html"
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"no model")
    methods = ("logistic:max_iter=2,pca=20", "latin", bad)
    code, out, err = run(*methods, "--data", data, "--report", report)
    assert code == 1, "one of them failed"
    assert "40 of 200 digits are used for the test" in err
    assert "1 of 3: logistic:max_iter=2,pca=20" in err
    assert "stopped before it converged" in err
    assert "bad.onnx: not an ONNX model that can be run" in err
    assert re.match(r"class +train +% +test +%", out)
    assert re.search(r"^latin +\d+\.\d\d .*best$", out, re.MULTILINE)
    assert re.search(r"^logistic:max_iter=2,pca=20 +\d+\.\d\d", out, re.MULTILINE)
    html = report.read_text(encoding="utf-8")
    assert "not an ONNX model" in html
    assert "fitted on 160 digits, tested on 40" in html


def test_a_curve_is_printed_drawn_and_part_of_the_report(run, data, tmp_path):
    """The test before runs its trials in processes, as the command does."""
    report, plot = tmp_path / "compare.html", tmp_path / "curve.png"
    options = ("--curve", "--sizes", "40,160", "--plot", plot, "--report", report)
    with inline_trials():
        code, out, err = run("euclidean", "--data", data, *options)
    assert code == 0, err
    assert re.search(r"^euclidean +40 +\d+\.\d\d +\d+\.\d\d to", out, re.MULTILINE)
    assert re.search(r"^euclidean +160 ", out, re.MULTILINE)
    assert "euclidean, 40 digits: " in err and plot.stat().st_size > 10_000
    assert "Accuracy against training size" in report.read_text(encoding="utf-8")


def test_json(run, data):
    code, out, _ = run("latin", "--data", data, "--test-limit", 30, "--json")
    result = json.loads(out)
    assert code == 0
    assert sum(result["class_balance"]["test"]) == 30
    [method] = result["methods"]
    assert method["method"] == "latin" and method["fit_seconds"] is None
    assert method["model_bytes"] > 1e6 and method["accuracy"] > 0.8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mlp2", "--data", "mnist"], "unknown method, script or model file 'mlp2'"),
        (["missing.onnx", "--data", "mnist"], "no such model file"),
        (["latin", "--data", "missing"], "no data set of this name"),
        (["latin", "--data", "mnist", "--curve"], "only models were named"),
        (["ridge", "--data", "mnist", "--sizes", "100"], "--sizes and --plot require --curve"),
        (["ridge", "--data", "mnist", "--curve", "--sizes", "1k"], "expected numbers such as"),
        (["--data", "mnist"], "Missing argument"),
        (["latin"], "Missing option"),
    ],
)
def test_bad_input_is_reported(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err and "Traceback" not in err
