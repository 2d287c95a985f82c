"""``numerals read --store`` stores what it reads for review."""

import subprocess
import sys

import pytest
from PIL import Image

pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from numerals.corrections.review_queue import ReviewQueue
from numerals.store import open_store

NUMERALS = [sys.executable, "-c", "from numerals.cli.app import main; main()"]
WITHOUT_WEB = (
    "import sys; sys.modules['sqlalchemy'] = None; from numerals.cli.app import main; main()"
)


@pytest.fixture
def scans(draw, tmp_path, home, monkeypatch):
    folder = tmp_path / "scans"
    folder.mkdir()
    for text in ("5550142", "86902"):
        Image.fromarray(draw(text)).save(folder / f"{text[:2]}.png")
    monkeypatch.chdir(tmp_path)
    return folder


def run(*arguments, code=NUMERALS[2], stdin=None):
    return subprocess.run(
        [sys.executable, "-c", code, "read", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        timeout=60,
    )


def stored(url=None):
    store = open_store(url)
    try:
        return ReviewQueue(store).list_waiting(100)[1]
    finally:
        store.close()


def test_stored_lines_are_queued_for_review(scans, home):
    result = run("--store", "scans")
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout == b"scans/55.png: 5550142\nscans/86.png: 86902\n"
    assert (home / "store.db").is_file()
    found = {item.source: (item.text, item.has_crop) for item in stored()}
    assert found == {"scans/55.png": ("5550142", True), "scans/86.png": ("86902", True)}


def test_question_marks_in_the_output_are_not_stored(scans):
    result = run("--store", "--min-confidence", "1", "scans/55.png")
    assert b"?" in result.stdout
    assert [item.text for item in stored()] == ["5550142"]


def test_store_url_chooses_the_store(scans, tmp_path, home):
    url = f"sqlite:///{tmp_path / 'other' / 'numbers.db'}"
    assert run("--store-url", url, "scans").returncode == 0
    assert len(stored(url)) == 2
    assert not home.exists()


def test_standard_input_is_stored(scans):
    content = (scans / "55.png").read_bytes()
    assert run("--store", "-", stdin=content).stdout == b"5550142\n"
    assert [item.source for item in stored()] == ["-"]


@pytest.mark.parametrize(
    ("keep", "n_waiting", "n_pictures"), [("nothing", 0, 0), ("crops", 1, 0), ("pictures", 1, 1)]
)
def test_keep_chooses_which_pixels_are_stored(scans, keep, n_waiting, n_pictures):
    from sqlalchemy import func, select

    from numerals.store.database import read_transaction
    from numerals.store.schema import PAGES

    assert run("--store", "--keep", keep, "--keep-days", 30, "scans/55.png").returncode == 0
    assert len(stored()) == n_waiting
    store = open_store()
    with read_transaction(store.engine) as connection:
        assert connection.execute(select(func.count(PAGES.c.picture))).scalar_one() == n_pictures
    store.close()


def test_an_unreadable_file_does_not_stop_the_others(scans):
    (scans / "bad.png").write_text("no picture")
    result = run("--store", "scans")
    assert result.returncode == 1 and b"bad.png" in result.stderr
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
def test_invalid_store_options_are_reported(scans, arguments, message):
    result = run(*arguments, "scans/55.png")
    assert result.returncode == 2
    said = " ".join(result.stderr.decode().replace("│", " ").split())
    assert message in said and "Traceback" not in said


def test_a_missing_extra_is_named(scans):
    result = run("--store", "scans", code=WITHOUT_WEB)
    assert result.returncode == 2
    assert b"pip install 'numerals[web]'" in result.stderr
    assert run("scans/55.png", code=WITHOUT_WEB).stdout == b"5550142\n"
