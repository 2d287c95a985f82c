import json
from functools import partial

import cv2
import numpy as np
import pytest

from numerals.data import write_digits
from numerals.errors import DataError, DataNotFoundError
from numerals.records import Digits


@pytest.fixture
def run(invoke):
    return partial(invoke, "data")


@pytest.fixture
def data(tmp_path):
    """20 digits of 28x28 with a vertical stroke, by four writers."""
    images = np.zeros((20, 28, 28), np.uint8)
    images[:, 4:24, 13:15] = 255
    path = tmp_path / "digits.npz"
    write_digits(Digits(images, np.arange(20) % 10, writers=np.arange(20) // 5), path)
    return path


def test_one_digit_is_drawn_in_the_terminal(run, data):
    lines = run("show", data, "--index", 17).stdout.splitlines()
    assert lines[0] == f"{data} train, index 17: labelled 7, writer 3"
    assert len(lines) == 15
    assert lines[3].rstrip() == " " * 13 + "██"


def test_several_digits_are_drawn_side_by_side(run, data):
    text = run("show", data, "--first", 3).stdout
    assert text.startswith(f"{data} train: 3 digits from the first on; index: label, writer\n")
    assert "0: 0 w0         1: 1 w0         2: 2 w0\n" in text


def test_random_digits_are_those_of_sample(run, data):
    found = json.loads(run("show", data, "--random", 4, "--seed", 5, "--json").stdout)
    expected = np.random.default_rng(5).permutation(20)[:4].tolist()
    assert [row["index"] for row in found["digits"]] == expected
    first = {"index": expected[0], "label": str(expected[0] % 10), "writer": expected[0] // 5}
    assert found["digits"][0] == first


@pytest.mark.parametrize(
    ("selection", "shape"),
    [(("--index", 3), (334, 316)), (("--first", 20, "--columns", 5), (556, 620))],
)
def test_selected_digits_are_drawn_to_a_file(run, data, tmp_path, selection, shape):
    assert run("show", data, *selection, "--out", "some.png").stdout == "some.png\n"
    assert cv2.imread(str(tmp_path / "some.png"), cv2.IMREAD_GRAYSCALE).shape == shape


def test_indices_out_of_range_and_contradictions_are_errors(run, data):
    with pytest.raises(DataError, match="train has digits 0 to 19; got 20"):
        run("show", data, "--index", 20)
    for arguments in (("--index", 1, "--first", 2), ()):
        result = run("show", data, *arguments)
        assert result.exit_code == 2 and "--first" in result.stderr


def test_counts_are_a_bar_chart_of_each_split(run, data):
    lines = run("info", data, "--counts").stdout.splitlines()
    assert lines[0] == f"{data} train: 20 digits of 28x28 pixels, 4 writers"
    assert lines[1] == "0  2  10.0 %  " + 40 * "█"
    found = json.loads(run("info", data, "--counts", "--json").stdout)["counts"]["train"]
    assert (found["size"], found["writers"], found["classes"]["3"]) == (20, 4, 2)


def test_counts_need_the_data_on_disk(run, monkeypatch, tmp_path):
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path))
    monkeypatch.setattr("numerals.data.fetch.cache_folder", lambda: tmp_path / "cache")
    with pytest.raises(DataNotFoundError, match="run numerals data fetch mnist"):
        run("info", "mnist", "--counts")


@pytest.mark.parametrize("method", ["cnn", "cnn-tutorial"])
def test_augment_draws_each_digit_beside_versions_of_it(run, data, tmp_path, method):
    pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
    arguments = ("--method", method, "--first", 2, "--versions", 3, "--preview", "augmented.png")
    assert run("augment", data, *arguments).stdout == "augmented.png\n"
    picture = cv2.imread(str(tmp_path / "augmented.png"), cv2.IMREAD_GRAYSCALE)
    assert picture.shape == (2 * 18 + 2 * 102, 2 * 18 + 4 * 90 - 6)
    original, version = picture[19:101, 19:101], picture[19:101, 109:191]
    assert np.abs(original.astype(int) - version).max() > 50


def test_augment_refuses_methods_that_do_not(run, data):
    pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
    result = run("augment", data, "--method", "ridge", "--preview", "augmented.png")
    assert result.exit_code == 2
    assert "choose cnn-tutorial or cnn" in " ".join(result.stderr.replace("│", " ").split())
