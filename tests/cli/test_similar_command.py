import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.data import write_digits
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs

NUMERALS = [sys.executable, "-c", "from numerals.cli.app import main; main()"]


def run(*arguments):
    return subprocess.run(
        [*NUMERALS, "similar", *map(str, arguments)], capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    glyphs, characters = load_font_glyphs()
    images = glyphs[:8, [characters.index(c) for c in "0123456789"]].reshape(-1, 28, 28)
    path = tmp_path_factory.mktemp("data") / "digits.npz"
    write_digits(Digits(images, np.tile(np.arange(10), 8)), path)
    return path


def test_a_digit_is_most_similar_to_itself(data, tmp_path):
    done = run(13, "--data", data, "--top", 5, "--out", tmp_path / "alike", "--sigma", 0.4)
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[2].split()
    assert first == ["1", "13", "3", "1.0000", "1.000"]
    for name in ("look-alikes.png", "weights.png"):
        with Image.open(tmp_path / "alike" / name) as picture:
            assert picture.width > 300


def test_json_for_an_image_file(data, tmp_path, draw):
    Image.fromarray(draw("7")).save(tmp_path / "seven.png")
    done = run(tmp_path / "seven.png", "--data", data, "--min-weight", 0, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["look_alikes"]) == 20
    assert set(found["weight_by_class"]) == set("0123456789")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((80,), "digits 0 to 79; got 80"),
        (("nothing.png",), "nothing.png: neither an image file"),
        ((0, "--sigma", 0), "must be above 0"),
    ],
)
def test_errors_are_one_line(data, arguments, message):
    done = run(*arguments, "--data", data)
    assert done.returncode == 2
    assert message in done.stderr and "Traceback" not in done.stderr
