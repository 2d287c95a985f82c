"""``numerals data`` with the data set of stored corrections."""

import csv
import json
from functools import partial

import pytest

pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from numerals.data import read_digits
from numerals.errors import DataNotFoundError
from numerals.store import open_store


@pytest.fixture
def run(home, invoke):
    return partial(invoke, "data")


@pytest.fixture
def corrected(home, store_lines):
    store = open_store()
    store_lines(store, [("17", "77"), ("20", "20"), ("36", "369"), ("8", "8"), ("90", "90")])
    store.close()


def test_list_includes_stored_corrections(run, store_lines):
    assert "corrections" not in run("list").stdout
    store = open_store()
    store_lines(store, [("17", "77"), ("20", "20")])
    store_lines(store, [("3", "3")], script="bangla")
    store.close()
    rows = {row["name"]: row for row in json.loads(run("list", "--json").stdout)}
    assert sum(rows["corrections"]["sizes"].values()) == 2
    assert rows["corrections-bangla"]["script"] == "bangla"
    assert run("list").stdout.splitlines()[-2].startswith("corrections\tlatin\t")


def test_an_unreadable_store_is_reported_and_the_rest_is_listed(run, monkeypatch, tmp_path):
    (tmp_path / "store.db").write_bytes(b"this is not a database, but long enough for one" * 50)
    monkeypatch.setenv("NUMERALS_STORE", f"sqlite:///{tmp_path / 'store.db'}")
    result = run("list")
    assert "cannot be used" in result.stderr and "mnist" in result.stdout


def test_info_describes_corrections(run, corrected):
    text = run("info", "corrections").stdout
    assert "sizes\ttrain 4, test 1" in text and "Sizes are numbers of lines" in text


def test_show_draws_corrected_lines(run, corrected, tmp_path):
    assert run("show", "corrections", "--out", "sheet.png").stdout == "sheet.png\n"
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")


def test_convert_writes_a_folder_of_lines(run, corrected, tmp_path):
    assert run("convert", "corrections", "lines").stdout == "lines\t5\n"
    with (tmp_path / "lines" / "lines.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["text"] for row in rows] == ["77", "20", "369", "8", "90"]
    assert {row["by"] for row in rows} == {"ann"}


def test_convert_writes_digits_of_lines_with_known_positions(run, corrected, tmp_path):
    result = run("convert", "corrections", "digits.npz")
    train = read_digits(tmp_path / "digits.npz")
    assert result.stdout == f"digits.npz\t{len(train)}\n"
    assert "digits of 3 of 4 lines" in result.stderr
    run("convert", "corrections", "digits", "--to", "folders", "--split", "test")
    test = read_digits(tmp_path / "digits")
    classes = [digits.classes[i] for digits in (train, test) for i in digits.labels.tolist()]
    assert sorted(classes) == list("0027789")


def test_an_empty_store_refers_to_read_store(run):
    for arguments in (("show", "corrections", "--out", "x.png"), ("convert", "corrections", "x")):
        with pytest.raises(DataNotFoundError, match="numerals read --store"):
            run(*arguments)
