"""The options and messages about data files, in every verb that takes digits."""

import json

import numpy as np
import pytest

from numerals.data import write_digits
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs


@pytest.fixture(scope="module")
def drawn():
    """Handwriting fonts' digits, four of each."""
    glyphs, characters = load_font_glyphs()
    places = [characters.index(str(value)) for value in range(10)]
    images = np.concatenate([glyphs[font, places] for font in (5, 12, 20, 40)])
    return Digits(images, np.tile(np.arange(10), 4))


@pytest.fixture
def emnist(tmp_path, drawn):
    path = tmp_path / "emnist-digits-test-images-idx3-ubyte.gz"
    images = np.ascontiguousarray(drawn.images.transpose(0, 2, 1))
    write_digits(Digits(images, drawn.labels), path)
    return path


def test_transposed_pictures_are_told_and_put_upright(call, emnist, tmp_path):
    code, out, told = call("evaluate", "--data", emnist, "--json")
    assert code == 0
    assert "the pictures are transposed" in told
    assert "--transpose" in told
    code, upright, told = call("evaluate", "--data", emnist, "--transpose", "--json")
    assert (code, told) == (0, "")
    assert json.loads(out)["accuracy"] < 0.5 < 0.8 < json.loads(upright)["accuracy"]
    converted = tmp_path / "a.npz"
    assert call("data", "convert", emnist, converted, "--transpose")[::2] == (0, "")
    assert call("data", "convert", converted, tmp_path / "b.npz")[::2] == (0, "")


def test_transposing_what_is_upright_is_told(call, drawn, tmp_path):
    write_digits(drawn, tmp_path / "a.npz")
    sheet = tmp_path / "a.png"
    code, _, told = call("data", "show", tmp_path / "a.npz", "--out", sheet, "--transpose")
    assert code == 0
    assert "leave out --transpose" in told


def test_what_was_assumed_is_told_once(call, drawn, tmp_path):
    (tmp_path / "set").mkdir()
    for split in ("training", "testing"):
        write_digits(drawn, tmp_path / "set" / split)
    code, out, told = call("data", "convert", tmp_path / "set", tmp_path / "a.npz")
    assert (code, out.split("\t")[1].strip()) == (0, "40")
    assert told == f"numerals: {tmp_path / 'set'}: split train of test, train (--split)\n"


def test_options_reach_every_verb(call, drawn, tmp_path):
    path = tmp_path / "a.csv"
    rows = (drawn.images.reshape(40, -1) / 4).tolist()
    labelled = [[*row, label] for row, label in zip(rows, drawn.labels.tolist(), strict=True)]
    path.write_text("\n".join("|".join(map(str, row)) for row in labelled))
    code, _, told = call("data", "convert", path, tmp_path / "a.npz")
    assert code == 2
    assert "--scale" in told
    options = ["--scale", "0:63.75", "--delimiter", "|", "--label-column", "-1"]
    assert call("data", "convert", path, tmp_path / "a.npz", *options)[0] == 0
    code, out, _ = call("evaluate", "--data", path, "--json", *options)
    assert json.loads(out)["accuracy"] > 0.8
    code, out, _ = call("predict", "latin", path, *options)
    assert len(out.splitlines()) == 41


def test_training_takes_the_options(call, emnist, tmp_path):
    pytest.importorskip("sklearn")
    out = tmp_path / "m.onnx"
    code, _, told = call("train", "ridge", "--data", emnist, "--transpose", "--out", out)
    assert (code, "transpose" in told) == (0, False)


def test_verbs_without_the_options_say_where_they_are(call, tmp_path):
    pytest.importorskip("sklearn")
    np.savez(tmp_path / "a.npz", images=np.full((9, 28, 28), 3.5), labels=np.arange(9))
    code, _, told = call("compare", "latin", "--data", tmp_path / "a.npz")
    assert code == 2
    assert "--scale" in told
    assert "numerals data convert" in told
