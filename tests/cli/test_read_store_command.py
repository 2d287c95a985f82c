"""``numerals read --store`` stores what it reads for review."""

import subprocess
import sys
from functools import partial

import pytest
from PIL import Image

pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from numerals.corrections.review_queue import ReviewQueue
from numerals.store import open_store


@pytest.fixture
def scans(draw, tmp_path, home, monkeypatch):
    folder = tmp_path / "scans"
    folder.mkdir()
    for text in ("5550142", "86902"):
        Image.fromarray(draw(text)).save(folder / f"{text[:2]}.png")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def run(run_main):
    return partial(run_main, "read")


def stored(url=None):
    store = open_store(url)
    try:
        return ReviewQueue(store).list_waiting(100)[1]
    finally:
        store.close()


def test_stored_lines_are_queued_for_review(run, scans, home):
    result = run("--store", "scans")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "scans/55.png: 5550142\nscans/86.png: 86902\n"
    assert (home / "store.db").is_file()
    found = {item.source: (item.text, item.has_crop) for item in stored()}
    assert found == {"scans/55.png": ("5550142", True), "scans/86.png": ("86902", True)}


def test_question_marks_in_the_output_are_not_stored(run, scans):
    result = run("--store", "--min-confidence", "1", "scans/55.png")
    assert "?" in result.stdout
    assert [item.text for item in stored()] == ["5550142"]


def test_store_url_chooses_the_store(run, scans, tmp_path, home):
    url = f"sqlite:///{tmp_path / 'other' / 'numbers.db'}"
    assert run("--store-url", url, "scans").returncode == 0
    assert len(stored(url)) == 2
    assert not home.exists()


def test_standard_input_is_stored(run, scans):
    content = (scans / "55.png").read_bytes()
    assert run("--store", "-", stdin=content).stdout == "5550142\n"
    assert [item.source for item in stored()] == ["-"]


@pytest.mark.parametrize(
    ("keep", "n_waiting", "n_pictures"), [("nothing", 0, 0), ("crops", 1, 0), ("pictures", 1, 1)]
)
def test_keep_chooses_which_pixels_are_stored(run, scans, keep, n_waiting, n_pictures):
    from sqlalchemy import func, select

    from numerals.store.database import read_transaction
    from numerals.store.schema import PAGES

    assert run("--store", "--keep", keep, "--keep-days", 30, "scans/55.png").returncode == 0
    assert len(stored()) == n_waiting
    store = open_store()
    with read_transaction(store.engine) as connection:
        assert connection.execute(select(func.count(PAGES.c.picture))).scalar_one() == n_pictures
    store.close()


def test_an_unreadable_file_does_not_stop_the_others(run, scans):
    (scans / "bad.png").write_text("no picture")
    result = run("--store", "scans")
    assert result.returncode == 1 and "bad.png" in result.stderr
    assert len(stored()) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--store-url", "nonsense"), "not the URL of a store"),
        (("--store-url", ""), "an empty text: not the URL of a store"),
        (("--store-url", "mysql://host/x"), "SQLite or PostgreSQL"),
        (("--store", "--keep", "all"), "expected nothing, crops or pictures"),
        (("--keep", "crops"), "require --store"),
        (("--store", "--keep-days", "0"), "--keep-days"),
        (("--store-url", "sqlite:////dev/null/x/y.db"), "cannot be made"),
    ],
)
def test_invalid_store_options_are_reported(run, scans, arguments, message):
    result = run(*arguments, "scans/55.png")
    assert result.returncode == 2
    said = " ".join(result.stderr.replace("│", " ").split())
    assert message in said and "Traceback" not in said


def test_a_missing_extra_is_named(scans):
    code = "import sys; sys.modules['sqlalchemy'] = None; from numerals.cli.app import main; main()"

    def run(*arguments):
        command = [sys.executable, "-c", code, "read", *arguments]
        return subprocess.run(command, capture_output=True, text=True)

    result = run("--store", "scans")
    assert result.returncode == 2
    assert "pip install 'numerals[web]'" in result.stderr
    assert run("scans/55.png").stdout == "5550142\n"
