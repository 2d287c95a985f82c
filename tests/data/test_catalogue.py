import dataclasses
import gzip
import hashlib

import numpy as np
import pytest

from numerals.data import (
    CATALOGUE,
    fetch_digits,
    is_on_disk,
    load_digits,
    load_or_read_digits,
    write_digits,
)
from numerals.data.download import content_sha256
from numerals.data.fetch import files_of
from numerals.data.idx import write_idx
from numerals.errors import DataError, DataNotFoundError, UnknownNameError
from numerals.scripts import SCRIPTS

SPLITS = [(name, split) for name, entry in CATALOGUE.items() for split in entry.splits]


@pytest.fixture
def network(monkeypatch):
    """Make all downloads fail; return the list of requested URLs."""
    asked = []

    def fail(url, target, **options):
        asked.append(url)
        raise DataNotFoundError(f"{url}: no connection")

    monkeypatch.setattr("numerals.data.fetch.download", fail)
    return asked


@pytest.mark.parametrize("name", CATALOGUE)
def test_entries_are_complete(name):
    entry = CATALOGUE[name]
    assert entry.classes == SCRIPTS[entry.script]
    assert set(entry.splits) == set(entry.sizes) <= {"train", "test"}
    assert entry.licence
    assert entry.citation
    assert entry.homepage.startswith("http")
    for files in entry.splits.values():
        for file in files:
            assert file.url is None or file.url.startswith("https://")
            assert file.sha256 is None or len(file.sha256) == 64


def test_notes_state_restrictions_of_use():
    assert "non-commercial" in CATALOGUE["hoda"].licence
    assert "Do not train" in CATALOGUE["dig-mnist"].notes
    with pytest.raises(UnknownNameError, match="known: test"):
        load_digits("dig-mnist", "train")


@pytest.mark.parametrize(("name", "split"), SPLITS)
def test_message_names_the_files(no_data, network, name, split):
    for function in (load_digits, fetch_digits):
        with pytest.raises(DataNotFoundError) as caught:
            function(name, split)
        message = str(caught.value)
        files = files_of(name, split)
        assert any(file.path in message for file in files)
        assert str(no_data) in message
        assert "NUMERALS_DATA" in message and "\n" not in message
        assert all(file.url in message for file in files[:1] if file.url)
    assert not is_on_disk(name, split)


def test_load_does_not_use_the_network(no_data, network):
    with pytest.raises(DataNotFoundError, match="numerals data fetch mnist"):
        load_digits("mnist")
    assert network == []


def test_unknown_names(no_data):
    with pytest.raises(UnknownNameError, match=r"known: cmaterdb-bangla.*, uci-digits"):
        load_digits("mnits")
    with pytest.raises(UnknownNameError, match="known: test, train"):
        load_digits("mnist", "validation")
    with pytest.raises(DataNotFoundError, match="no data set of this name"):
        load_or_read_digits("mnits")


def put_mnist(folder, digits, prefix="train"):
    (folder / "mnist").mkdir(parents=True, exist_ok=True)
    write_digits(digits, folder / "mnist" / f"{prefix}-images-idx3-ubyte.gz")


def test_numerals_data_comes_before_the_cache(no_data, tmp_path, strokes):
    put_mnist(tmp_path / "cache", dataclasses.replace(strokes, images=strokes.images * 0))
    assert load_digits("mnist").images.max() == 0
    put_mnist(no_data, strokes)
    result = load_digits("mnist")
    np.testing.assert_array_equal(result.images, strokes.images)
    assert (result.name, result.script) == ("mnist", "latin")
    assert is_on_disk("mnist", "train")
    assert len(load_or_read_digits("mnist")) == 30


def test_qmnist_has_writers(no_data, strokes):
    put_mnist(no_data, strokes, "t10k")
    table = np.zeros((40, 8), np.int32)  # ten rows more than images
    table[:30, 0] = strokes.labels
    table[:, 2] = 1000 + np.arange(40)
    (no_data / "qmnist").mkdir()
    write_idx(no_data / "qmnist" / "qmnist-test-labels-idx2-int.gz", table)
    result = load_digits("qmnist", "test")
    np.testing.assert_array_equal(result.labels, strokes.labels)
    np.testing.assert_array_equal(result.writers, 1000 + np.arange(30))
    write_idx(no_data / "qmnist" / "qmnist-test-labels-idx2-int.gz", table[:20])
    with pytest.raises(DataError, match="a row for each of 30"):
        load_digits("qmnist", "test")


def test_hoda_leaves_test_bitmaps_out_of_train(no_data):
    from test_hoda import cdb

    rng = np.random.default_rng(0)
    bitmaps = [rng.random((20, 15)) < 0.5 for _ in range(8)]
    (no_data / "hoda").mkdir()
    (no_data / "hoda" / "RemainingSamples.cdb").write_bytes(cdb(bitmaps[:5]))
    with pytest.raises(DataNotFoundError, match=r"by hand.*hoda/Test 20000\.cdb"):
        load_digits("hoda")
    (no_data / "hoda" / "Test 20000.cdb").write_bytes(cdb(bitmaps[3:]))
    assert len(load_digits("hoda", "test")) == 5
    assert load_digits("hoda").labels.tolist() == [0, 1, 2]


def test_uci_digits(no_data):
    (no_data / "uci-digits").mkdir()
    path = no_data / "uci-digits" / "optdigits.tes"
    path.write_text(",".join(["0", "16", "8", *["1"] * 61, "7"]) + "\n")
    result = load_digits("uci-digits", "test")
    assert result.images.shape == (1, 8, 8)
    assert result.images[0, 0, :4].tolist() == [0, 255, 128, 16]
    assert result.labels.tolist() == [7]
    for line in ("17" + ",0" * 64, "0" + ",0" * 63, "x" + ",0" * 64, "0" + ",0" * 63 + ",10", ""):
        path.write_text(line)
        with pytest.raises(DataError, match=r"optdigits\.tes"):
            load_digits("uci-digits", "test")


def test_fetch_downloads_missing_files(no_data, tmp_path, strokes, monkeypatch):
    put_mnist(tmp_path / "public", strokes)
    public = tmp_path / "public" / "mnist"
    asked = []

    def copy(url, target, *, sha256, progress):
        asked.append(url)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((public / url.rpartition("/")[2]).read_bytes())

    monkeypatch.setattr("numerals.data.fetch.download", copy)
    assert len(fetch_digits("mnist")) == 30
    assert len(fetch_digits("mnist")) == 30
    assert [url.rpartition("/")[2] for url in asked] == [
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
    ]
    assert load_digits("mnist").name == "mnist"


@pytest.mark.data
@pytest.mark.parametrize(("name", "split"), SPLITS)
def test_real_data(data_folder, name, split):
    if not is_on_disk(name, split):
        pytest.skip(f"{name} {split} is not below NUMERALS_DATA")
    result = load_digits(name, split)
    entry = CATALOGUE[name]
    assert len(result) == entry.sizes[split]
    assert np.bincount(result.labels).min() > 0.8 * len(result) / 10
    assert np.median(result.images[:, 0]) == 0  # dark background
    assert np.percentile(result.images, 99) > 128
    assert (result.writers is not None) == (name == "qmnist")
    if name == "qmnist":
        np.testing.assert_array_equal(result.labels, load_digits("mnist", split).labels)
        assert len(np.unique(result.writers)) == {"train": 539, "test": 297}[split]


@pytest.mark.data
@pytest.mark.parametrize(("name", "split"), SPLITS)
def test_real_checksums(data_folder, name, split):
    for file in files_of(name, split):
        if file.sha256 and (data_folder / file.path).is_file():
            assert content_sha256(data_folder / file.path) == file.sha256


def test_checksum_of_gzip_is_that_of_its_content(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"abc", 1))
    assert content_sha256(tmp_path / "a.gz") == hashlib.sha256(b"abc").hexdigest()
