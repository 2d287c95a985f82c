import base64
import json
import re
from hashlib import sha256

import cv2
import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

from numerals.records import Digits
from numerals.reports import live_predictions
from numerals.reports.html_page import PageScript, PageSection, write_page
from numerals.reports.live_predictions import (
    MethodPredictions,
    has_all_predictions,
    make_live_script,
)

TYPES = {"u1": np.uint8, "i4": np.int32, "f4": np.float32}


def unpack(packed):
    return np.frombuffer(base64.b64decode(packed["base64"]), TYPES[packed["type"]])


def make_predictions(n_images=400, error_rate=0.3, name="model", **more):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, n_images)
    digits = Digits(rng.integers(0, 256, (n_images, 28, 28)).astype(np.uint8), labels, **more)
    is_wrong = rng.random(n_images) < error_rate
    predictions = np.where(is_wrong, (labels + 1) % 10, labels)
    confidences = rng.random(n_images).astype(np.float32)
    return digits, MethodPredictions(name, predictions, confidences)


def pictured(data):
    return set(unpack(data["pictures"]["rows"]).tolist())


def test_every_error_has_a_picture_and_few_correct_digits_have_one():
    digits, method = make_predictions()
    data = make_live_script(digits, [method]).data
    wrong = set(np.flatnonzero(method.predictions != digits.labels).tolist())
    assert wrong < pictured(data)
    kept = np.array(sorted(pictured(data) - wrong))
    assert np.bincount(digits.labels[kept], minlength=10).tolist() == [12] * 10
    of_seven = np.flatnonzero((digits.labels == 7) & (method.predictions == 7))
    order = of_seven[np.argsort(method.confidences[of_seven])]
    assert set(order[:12].tolist()) == set(kept[digits.labels[kept] == 7].tolist())


def test_pictures_are_cut_from_one_sheet():
    digits, method = make_predictions(100)
    pictures = make_live_script(digits, [method]).data["pictures"]
    sheet = cv2.imdecode(np.frombuffer(base64.b64decode(pictures["png"]), np.uint8), -1)
    for place, row in enumerate(unpack(pictures["rows"])):
        top, left = 28 * (place // pictures["columns"]), 28 * (place % pictures["columns"])
        np.testing.assert_array_equal(sheet[top : top + 28, left : left + 28], digits.images[row])


def test_each_cell_keeps_pictures_if_there_is_no_room_for_all(monkeypatch):
    monkeypatch.setattr(live_predictions, "_MAX_PICTURE_PIXELS", 40 * 28 * 28)
    digits, method = make_predictions()
    rows = np.array(sorted(pictured(make_live_script(digits, [method]).data)))
    assert len(rows) == 40
    cells = digits.labels[rows] * 10 + method.predictions[rows]
    assert np.bincount(cells)[np.unique(cells)].tolist() == [2] * 20


def test_predictions_of_too_many_digits_are_limited_to_those_with_pictures(monkeypatch):
    monkeypatch.setattr(live_predictions, "MAX_PREDICTIONS", 100)
    digits, method = make_predictions(writers=np.arange(400))
    data = make_live_script(digits, [method]).data
    assert not has_all_predictions(digits, [method])
    indices = unpack(data["columns"]["indices"])
    np.testing.assert_array_equal(unpack(data["columns"]["labels"]), digits.labels[indices])
    np.testing.assert_array_equal(unpack(data["columns"]["writers"]), indices)
    assert unpack(data["pictures"]["rows"]).tolist() == list(range(len(indices)))
    assert np.sum(data["methods"][0]["confusion"]) == 400


def test_names_cannot_become_formulas_in_the_csv():
    digits, method = make_predictions(classes=("=1+1", *"123456789"), name="=model")
    data = make_live_script(digits, [method, method]).data
    assert data["csv_classes"][0] == "'=1+1"
    assert "'=model prediction" in data["csv_head"]


def test_the_page_allows_only_its_own_script_and_escapes_its_data(tmp_path):
    script = PageScript("const a = 1 < 2;", ".x { color: red; }", {"name": "</script><b>"})
    write_page(tmp_path / "page.html", "T", "L", [PageSection("S", live="errors")], script=script)
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    code = re.search(r'<script type="module">(.*?)</script>', html, re.DOTALL)[1]
    digest = base64.b64encode(sha256(code.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert code == script.code
    assert f"script-src &#39;sha256-{digest}&#39;" in policy
    packed = re.search(r'id="report-data">(.*?)</script>', html, re.DOTALL)[1]
    assert json.loads(packed) == {"name": "</script><b>"}


def test_a_report_of_ten_thousand_digits_is_small():
    digits, method = make_predictions(10_000, error_rate=0.1)
    strokes = (digits.images // 255 * 255) | np.tri(28, dtype=np.uint8)  # as sparse as digits
    proba = np.full((10_000, 10), 0.1, np.float32)
    digits = Digits(strokes, digits.labels, writers=digits.labels)
    method = MethodPredictions("model", method.predictions, method.confidences, proba)
    script = make_live_script(digits, [method])
    assert "proba" in script.data["methods"][0]["columns"]
    assert len(json.dumps(script.data)) < 2_000_000
