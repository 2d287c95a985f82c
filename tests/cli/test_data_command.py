import json
from functools import partial

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from numerals.cli.data import app
from numerals.data import CATALOGUE, read_digits, write_digits
from numerals.errors import DataNotFoundError, UnknownNameError
from numerals.records import Digits


@pytest.fixture
def run(invoke, monkeypatch, tmp_path):
    folder = tmp_path / "data"
    (folder / "mnist").mkdir(parents=True)
    images = np.zeros((20, 28, 28), np.uint8)
    images[:, 8:20, 13:15] = 255
    digits = Digits(images, np.arange(20) % 10)
    write_digits(digits, folder / "mnist" / "train-images-idx3-ubyte.gz")
    monkeypatch.setenv("NUMERALS_DATA", str(folder))
    monkeypatch.setattr("numerals.data.fetch.cache_folder", lambda: tmp_path / "cache")
    return partial(invoke, "data")


def photograph(path):
    page = np.full((120, 90), 230, np.uint8)
    cv2.putText(page, "4", (20, 90), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 40, 6)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), page)


def test_list(run):
    lines = run("list").stdout.splitlines()
    assert lines[0].split("\t") == ["name", "script", "train", "test", "on disk", "licence"]
    assert lines[1].split("\t")[:5] == ["mnist", "latin", "60000", "10000", "train"]
    assert len(lines) == 1 + len(CATALOGUE)


def test_list_as_json(run):
    rows = json.loads(run("list", "--json").stdout)
    assert [row["name"] for row in rows] == list(CATALOGUE)
    assert rows[0]["on_disk"] == ["train"]


def test_info(run):
    text = run("info", "hoda").stdout
    assert "licence\tresearch and non-commercial use only" in text
    assert "hoda/Test 20000.cdb" in text
    entry = json.loads(run("info", "kannada-mnist", "--json").stdout)
    assert entry["classes"][3] == "೩"
    with pytest.raises(UnknownNameError, match="known: cmaterdb-bangla"):
        run("info", "nothing")


def test_fetch_does_not_download_what_is_on_disk(run):
    assert run("fetch", "mnist", "--split", "train").stdout == "mnist\ttrain\t20\n"


def test_fetch_reports_which_file_to_put_where(run):
    with pytest.raises(DataNotFoundError, match=r"hoda/RemainingSamples\.cdb"):
        run("fetch", "hoda")


def test_show(run, tmp_path):
    result = run("show", "mnist", "--out", "sheet.png")
    assert result.stdout == "sheet.png\n"
    assert cv2.imread(str(tmp_path / "sheet.png")) is not None


def test_convert_by_name(run, tmp_path):
    assert run("convert", "mnist", "digits.csv").stdout == "digits.csv\t20\n"
    assert read_digits(tmp_path / "digits.csv").labels.tolist() == [*range(10), *range(10)]
    assert run("convert", "digits.csv", "out", "--to", "folders").exit_code == 0
    assert (tmp_path / "out" / "9").is_dir()


def test_convert_photos_to_kaggle_csv(run, tmp_path):
    for number in range(1, 11):
        photograph(tmp_path / "photos" / f"{number}.jpg")
    result = run("convert", "photos/", "digits.csv")
    assert (result.exit_code, result.stdout) == (0, "digits.csv\t10\n")
    lines = (tmp_path / "digits.csv").read_text().splitlines()
    assert lines[0] == ",".join(f"pixel{i}" for i in range(784))
    assert len(lines) == 11


def test_convert_reports_unreadable_images(run, tmp_path):
    photograph(tmp_path / "photos" / "1.jpg")
    (tmp_path / "photos" / "2.jpg").write_bytes(b"no picture")
    result = run("convert", "photos", "digits.npz")
    assert result.exit_code == 1
    assert result.stdout == "digits.npz\t1\n"
    assert "2.jpg" in result.stderr
    assert "could not be read: 1" in result.stderr


def test_convert_reports_an_unknown_source(run, tmp_path):
    with pytest.raises(DataNotFoundError, match="no data set of this name"):
        run("convert", "mnits", "digits.csv")
    assert not (tmp_path / "digits.csv").exists()


@pytest.mark.parametrize(
    "command", [[], ["list"], ["info"], ["fetch"], ["show"], ["convert"], ["augment"]]
)
def test_help_has_examples(command):
    text = CliRunner().invoke(app, [*command, "--help"]).stdout
    assert "Usage:" in text
    assert not command or "Examples" in text
    assert not command or f"numerals data {command[0]}" in text


def test_a_damaged_class_does_not_hide_the_other_data_sets(invoke, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_HOME", str(tmp_path))
    (tmp_path / "classes").mkdir()
    (tmp_path / "classes" / "a.jsonl").write_text("no\n", encoding="utf-8")
    (tmp_path / "classes" / "b.jsonl").write_text("", encoding="utf-8")
    result = invoke("data", "list")
    assert "class-a:" in result.stderr and "not an event of a class" in result.stderr
    assert "class-b" in result.stdout and "mnist" in result.stdout
