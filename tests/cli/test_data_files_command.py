"""Options and messages about data files, in every verb that takes digits."""

import json

import numpy as np
import pytest

from numerals.data import write_digits
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs


@pytest.fixture(scope="module")
def upright():
    """Return 40 digits of handwriting fonts, four of each class."""
    glyphs, characters = load_font_glyphs()
    columns = [characters.index(str(value)) for value in range(10)]
    images = np.concatenate([glyphs[font, columns] for font in (5, 12, 20, 40)])
    return Digits(images, np.tile(np.arange(10), 4))


@pytest.fixture
def emnist(tmp_path, upright):
    path = tmp_path / "emnist-digits-test-images-idx3-ubyte.gz"
    images = np.ascontiguousarray(upright.images.transpose(0, 2, 1))
    write_digits(Digits(images, upright.labels), path)
    return path


def test_transposed_images_are_reported_and_corrected(call, emnist, tmp_path):
    code, out, err = call("evaluate", "--data", emnist, "--json")
    assert code == 0
    assert "the images look transposed" in err
    assert "--transpose" in err
    code, corrected, err = call("evaluate", "--data", emnist, "--transpose", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["accuracy"] < 0.5 < 0.8 < json.loads(corrected)["accuracy"]
    converted = tmp_path / "a.npz"
    assert call("data", "convert", emnist, converted, "--transpose")[::2] == (0, "")
    assert call("data", "convert", converted, tmp_path / "b.npz")[::2] == (0, "")


def test_transposing_upright_images_is_reported(call, upright, tmp_path):
    write_digits(upright, tmp_path / "a.npz")
    sheet = tmp_path / "a.png"
    code, _, err = call("data", "show", tmp_path / "a.npz", "--out", sheet, "--transpose")
    assert code == 0
    assert "remove --transpose" in err


def test_detected_properties_are_reported_once(call, upright, tmp_path):
    (tmp_path / "set").mkdir()
    for split in ("training", "testing"):
        write_digits(upright, tmp_path / "set" / split)
    code, out, err = call("data", "convert", tmp_path / "set", tmp_path / "a.npz")
    assert (code, out.split("\t")[1].strip()) == (0, "40")
    assert err == f"numerals: {tmp_path / 'set'}: split train of test, train (--split)\n"


def test_every_verb_applies_the_options(call, upright, tmp_path):
    path = tmp_path / "a.csv"
    rows = (upright.images.reshape(40, -1) / 4).tolist()
    labelled = [[*row, label] for row, label in zip(rows, upright.labels.tolist(), strict=True)]
    path.write_text("\n".join("|".join(map(str, row)) for row in labelled))
    code, _, err = call("data", "convert", path, tmp_path / "a.npz")
    assert code == 2
    assert "--scale" in err
    options = ["--scale", "0:63.75", "--delimiter", "|", "--label-column", "-1"]
    assert call("data", "convert", path, tmp_path / "a.npz", *options)[0] == 0
    code, out, _ = call("evaluate", "--data", path, "--json", *options)
    assert json.loads(out)["accuracy"] > 0.8
    code, out, _ = call("predict", "latin", path, *options)
    assert len(out.splitlines()) == 41


def test_train_applies_the_options(call, emnist, tmp_path):
    pytest.importorskip("sklearn")
    out = tmp_path / "m.onnx"
    code, _, err = call("train", "ridge", "--data", emnist, "--transpose", "--out", out)
    assert (code, "transpose" in err) == (0, False)


def test_verbs_without_the_options_refer_to_convert(call, tmp_path):
    pytest.importorskip("sklearn")
    np.savez(tmp_path / "a.npz", images=np.full((9, 28, 28), 3.5), labels=np.arange(9))
    code, _, err = call("compare", "latin", "--data", tmp_path / "a.npz")
    assert code == 2
    assert "--scale" in err
    assert "numerals data convert" in err
