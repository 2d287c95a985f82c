"""Evidence for one digit: maps, similar training digits, and what they tell."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs numerals[lab]")
from numerals.explain.digit_evidence import (
    N_NEIGHBORS,
    find_evidence,
    load_training_digits,
    neighbor_findings,
)
from numerals.models import load_model
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs


@pytest.fixture(scope="module")
def digits():
    """Return the digits of some fonts."""
    glyphs, characters = load_font_glyphs()
    images = glyphs[:30, [characters.index(c) for c in "0123456789"]].reshape(-1, 28, 28)
    return Digits(images, np.tile(np.arange(10), 30), name="fonts")


@pytest.fixture(scope="module")
def seven(digits):
    return digits.images[7]


def test_ink_supports_the_answer(digits, seven):
    evidence = find_evidence(load_model("latin"), seven, digits)
    assert (evidence.answer, evidence.neighbor_labels[0]) == ("7", "7")
    assert len(evidence.neighbor_labels) == N_NEIGHBORS
    is_ink = seven > 128
    assert evidence.for_answer[is_ink].mean() > evidence.for_answer[~is_ink].mean()
    found = evidence.to_dict()["neighbors"]
    assert (found["data"], found["digits"][0]["index"]) == ("fonts", 7)


def test_without_digits_there_are_maps_only(seven):
    evidence = find_evidence(load_model("latin"), seven, None)
    assert evidence.to_dict()["neighbors"] is None
    assert neighbor_findings(evidence, "latin") == []


def test_mixed_neighbors_are_unusual(digits, seven):
    agreeing = find_evidence(load_model("latin"), seven, _relabelled(digits, [7]))
    finding = neighbor_findings(agreeing, "latin")[0]
    assert (finding.kind, finding.advice) == ("typical", "")
    assert finding.text == "The 10 most similar training digits are labelled 7 (10)."
    nearest = agreeing.look_alikes.indices
    labels = _relabelled(digits, [7]).labels
    labels[nearest[5:]] = 1
    mixed = find_evidence(load_model("latin"), seven, replace(digits, labels=labels))
    finding = neighbor_findings(mixed, "latin")[0]
    assert finding.kind == "unusual" and "labelled 7 (5), 1 (5)" in finding.text


def _relabelled(digits, labels):
    return replace(digits, labels=np.resize(labels, len(digits)))


def test_dissimilar_digit_is_unusual(digits):
    noise = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)
    findings = neighbor_findings(find_evidence(load_model("latin"), noise, digits), "latin")
    similarity = next(finding for finding in findings if finding.name == "similarity")
    assert similarity.kind == "unusual" and "lower than for" in similarity.text


def test_script_without_data_on_disk_has_no_digits(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path))
    monkeypatch.setattr("numerals.data.fetch.cache_folder", lambda: tmp_path)
    assert load_training_digits("latin") is None
