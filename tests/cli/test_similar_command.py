import json
from functools import partial

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.data import write_digits
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs


@pytest.fixture
def run(run_main):
    return partial(run_main, "similar")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    glyphs, characters = load_font_glyphs()
    images = glyphs[:8, [characters.index(c) for c in "0123456789"]].reshape(-1, 28, 28)
    path = tmp_path_factory.mktemp("data") / "digits.npz"
    write_digits(Digits(images, np.tile(np.arange(10), 8)), path)
    return path


def test_a_digit_is_most_similar_to_itself(run, data, tmp_path):
    arguments = ("--data", data, "--top", 5, "--sigma", 0.4)
    done = run("--index", 13, *arguments, "--out", tmp_path / "alike")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"similar to digit 13 of {data} train, labelled 3"
    assert lines[4].split() == ["1", "13", "3", "1.0000", "1.000"]
    assert "more digits have a weight of 0.3 or above. They are not listed (--top 5)" in done.stdout
    for name in ("look-alikes.png", "weights.png"):
        with Image.open(tmp_path / "alike" / name) as picture:
            assert picture.width > 300


def test_json_for_an_image_file(run, data, tmp_path, draw):
    Image.fromarray(draw("7")).save(tmp_path / "seven.png")
    done = run(tmp_path / "seven.png", "--data", data, "--min-weight", 0, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["look_alikes"]) == 20
    assert set(found["weight_by_class"]) == set("0123456789")
    assert found["n_similar"] == 80
    assert found["query"] == {"file": str(tmp_path / "seven.png")}


def test_digit_takes_the_first_digit_with_this_label(run, data):
    done = run("--digit", 7, "--data", data, "--json")
    found = json.loads(done.stdout)
    assert (found["query"]["index"], found["query"]["label"]) == (7, "7")
    done = run("--digit", 3, "--data", data)
    assert done.stdout.startswith(f"similar to digit 3 of {data} train, labelled 3\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--index", 80), "digits 0 to 79; got 80"),
        (("--digit", 12), "unknown digit '12'"),
        (("7",), "--digit 7 takes the first digit labelled 7"),
        (("7.png", "--digit", "7"), "give one digit to search for"),
        ((), "give one digit to search for"),
        (("nothing.png",), "nothing.png: no such file; give an image"),
        (("--index", 0, "--sigma", 0), "must be above 0"),
    ],
)
def test_bad_input_is_reported(run, data, arguments, message):
    done = run(*arguments, "--data", data)
    assert done.returncode == 2
    text = " ".join(done.stderr.replace("│", " ").split())  # usage errors are in a box
    assert message in text and "Traceback" not in done.stderr
