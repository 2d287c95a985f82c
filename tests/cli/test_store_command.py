"""``numerals store``: list, show, export and delete readings."""

import contextlib
import json
import stat
import sys

import pytest
from PIL import Image

pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from numerals.corrections.double_keying import DoubleKeying
from numerals.corrections.review_queue import ReviewQueue
from numerals.errors import DataError, NotStoredError, StoreError
from numerals.records import Digit, Line, Page
from numerals.store import make_page_entry, open_store
from numerals.store.database import write_transaction
from numerals.store.schema import READINGS
from numerals.store.timestamps import parse_timestamp

SECRET = "the-name-of-a-patient"


@pytest.fixture
def filled(home, draw):
    """Store three readings, from 2020, 2021 and now, and correct the first one."""
    store = open_store(keep="pictures")
    box = (20, 20, 100, 60)
    line = Line(
        "17", 0.5, box, (Digit("1", 0.5, box, ()), Digit("7", 0.5, box, ())), (("11", 0.2),)
    )
    for name, year in ((f"{SECRET}.png", "2020"), ("b\x1b[31m.png", "2021"), ("c.png", "")):
        page = Page((line,), 400, 300, name, 1, "latin", 0.0)
        stored = store.add([make_page_entry(page, draw("17"), keep="pictures")], name, "latin-line")
        if year:
            with write_transaction(store.engine) as connection:
                here = READINGS.c.id == stored.id
                change = (
                    READINGS.update().where(here).values(read_at=parse_timestamp(f"{year}-06-01"))
                )
                connection.execute(change)
    ReviewQueue(store).answer(1, "11", SECRET)
    store.close()
    return home


def rows(invoke, *arguments):
    return json.loads(invoke("store", "list", "--json", *arguments).stdout)


def test_readings_are_listed_newest_first(filled, invoke):
    found = rows(invoke)
    assert [(row["id"], row["lines"], row["answered"]) for row in found] == [
        ("3", 1, 0),
        ("2", 1, 0),
        ("1", 1, 1),
    ]
    assert all(row["picture_bytes"] > 100 for row in found)
    assert [row["id"] for row in rows(invoke, "--before", "2021-01-01")] == ["1"]
    limited = invoke("store", "list", "--limit", 1)
    assert len(limited.stdout.splitlines()) == 2 and "--limit" in limited.stderr
    assert "\x1b" not in invoke("store", "list").stdout


def test_show_prints_the_lines_and_who_answered(filled, invoke):
    output = invoke("store", "show", 1).stdout
    assert "corrected" in output and SECRET in output
    found = json.loads(invoke("store", "show", 1, "--json").stdout)
    assert [change["kind"] for change in found["lines"][0]["changes"]] == ["correct"]
    assert found["lines"][0]["crop_bytes"] > 100
    assert r"b\x1b[31m.png" in invoke("store", "show", 2).stdout


def test_an_export_is_complete_and_private(filled, invoke, tmp_path):
    out = tmp_path / "out"
    with contextlib.closing(open_store()) as store:
        DoubleKeying(store).answer(2, "17", "Ann")
    assert invoke("store", "export", out).stdout == f"{out}\t3\n"
    with (out / "readings.jsonl").open(encoding="utf-8") as stream:
        found = [json.loads(line) for line in stream]
    assert [each["id"] for each in found] == ["1", "2", "3"]
    assert found[1]["source"] == "b\x1b[31m.png"  # exact
    assert found[0]["lines"][0]["changes"][0]["to"] == "11"
    (keyed,) = found[1]["lines"][0]["keyed_answers"]
    assert (keyed["by"], keyed["text"]) == ("Ann", "17")
    for name in (found[0]["lines"][0]["crop"], found[0]["pages"][0]["picture"]):
        Image.open(out / name).verify()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*") if path.is_file()}
    assert (modes, stat.S_IMODE(out.stat().st_mode)) == ({0o600}, 0o700)
    with pytest.raises(DataError, match="already exists"):
        invoke("store", "export", out)
    invoke("store", "export", tmp_path / "one", "--id", 2)
    assert len((tmp_path / "one" / "readings.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize("which", [("--id", "1"), ("--before", "2020-12-31"), ("--all",)])
def test_deleted_readings_are_not_left_in_the_file(filled, invoke, which):
    assert any(SECRET.encode() in path.read_bytes() for path in filled.glob("store.db*"))
    result = invoke("store", "delete", *which, "--yes")
    assert result.exit_code == 0 and "1 of them answered" in result.stdout
    assert "1" not in [row["id"] for row in rows(invoke)]
    for path in filled.glob("store.db*"):
        assert SECRET.encode() not in path.read_bytes()
    if which != ("--all",):
        assert len(rows(invoke)) == 2


def test_nothing_is_deleted_if_an_id_is_unknown(filled, invoke):
    with pytest.raises(NotStoredError, match="no reading 99"):
        invoke("store", "delete", "--id", 1, "--id", 99, "--yes")
    assert len(rows(invoke)) == 3
    assert invoke("store", "delete", "--before", "2000-01-01").stdout == "nothing to delete\n"


@pytest.mark.parametrize(("said", "left"), [("y\n", 0), ("n\n", 3), ("\n", 3)])
def test_delete_asks_for_confirmation(filled, invoke, monkeypatch, said, left):
    from typer.testing import CliRunner

    from numerals.cli.app import app

    monkeypatch.setattr("numerals.cli.store._is_interactive", lambda: True)
    result = CliRunner().invoke(app, ["store", "delete", "--all"], input=said)
    assert "delete 3 readings, 3 lines, 1 of them answered" in result.stderr
    assert (len(rows(invoke)), result.exit_code) == (left, 1 if left else 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("delete", "--all"), "--yes"),
        (("delete",), "one of --id, --before and --all"),
        (("delete", "--all", "--id", "1"), "one of --id, --before and --all"),
        (("list", "--before", "yesterday"), "expected a date"),
        (("list", "--before", "0001-01-01T00:00+14:00"), "expected a date"),
        (("show", "99"), "no reading 99"),
        (("show", "-1"), "No such option"),
        (("list", "--store-url", "nonsense"), "not the URL of a store"),
    ],
)
def test_invalid_arguments_are_reported(filled, call, arguments, message):
    code, out, err = call("store", *arguments)
    assert (code, out) == (2, "")
    assert message in " ".join(err.replace("│", " ").split()) and "Traceback" not in err


def test_list_and_path_create_no_store(home, call):
    code, _, err = call("store", "list")
    assert code == 2 and "there is no store yet" in err
    assert call("store", "path") == (0, f"{home / 'store.db'}\n", "")
    assert not home.exists()


def test_path_prints_no_password(home, call):
    url = "postgresql://ann:hunter2@db.example.org/numbers"
    code, out, _ = call("store", "path", "--store-url", url)
    assert code == 0 and "db.example.org/numbers" in out and "hunter2" not in out


def test_a_store_in_use_cannot_be_compacted(filled, invoke, monkeypatch):
    monkeypatch.setattr("numerals.store.database._BUSY_TIMEOUT", 50)
    store = open_store()
    with store.engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM lines")  # an open read transaction
        with pytest.raises(StoreError, match="numerals store compact"):
            invoke("store", "delete", "--id", 1, "--yes")
    store.close()
    assert invoke("store", "compact").exit_code == 0


def test_the_missing_extra_is_reported(call, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("numerals.store")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    code, _, err = call("store", "path")
    assert code == 2 and "pip install 'numerals[web]'" in err


def test_a_postgresql_store_is_listed_and_deleted(postgres_url, draw, invoke, monkeypatch):
    monkeypatch.setenv("NUMERALS_STORE", postgres_url)
    store = open_store()
    page = Page((Line("17", 0.5, (20, 20, 100, 60), (), ()),), 400, 300, "a", 1, "latin", 0.0)
    for _ in range(2):
        store.add([make_page_entry(page, draw("17"))], "a.png", "m")
    store.close()
    assert [row["lines"] for row in rows(invoke)] == [1, 1]
    assert invoke("store", "delete", "--id", 1, "--yes").exit_code == 0
    assert [row["id"] for row in rows(invoke)] == ["2"]
