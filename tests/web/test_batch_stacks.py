"""Batches whose forms depend on each other: rosters, unique numbers, what is missing."""

import os

import cv2
import numpy as np
import pytest
from batch_requests import list_items, make_batch, upload, wait_until_read
from served import encoded, failure_of

from numerals.forms import TemplateFolder
from numerals.records import Line, Page
from numerals.store.page_entries import FormEntry, LineEntry, PageEntry
from numerals.web.batches.page_reading import PagesResult
from numerals.web.batches.stack_rules import resolve_batch
from numerals.web.batches.worker_process import WorkerProcess

PUPILS = ["1017", "1022", "1031", "1044"]
SUM = ("sum", ("task", "total"))
READINGS = {}
"""The readings of the pupil's number by file name: texts with probabilities, best first."""


def read_sheet(work) -> PagesResult:
    """Return what `READINGS` says, instead of reading a picture."""
    name = work.unit.name
    texts = {"pupil": READINGS[name], "task": [("7", 0.99)], "total": [("7", 0.99)]}
    lines = [
        LineEntry(Line(best[0], best[1], (0, 0, 9, 9), alternatives=tuple(others)), field=field)
        for field, (best, *others) in texts.items()
    ]
    page = Page(tuple(line.line for line in lines), 100, 100, name, 1, "latin")
    return PagesResult(
        (PageEntry(page, tuple(lines), form=FormEntry("exam", 1.0, (SUM,))),), 1, "m"
    )


@pytest.fixture(scope="module")
def exams(serve, module_patch):
    """Return a service with the template of an exam, whose sheets need not be read."""
    module_patch.setattr(WorkerProcess, "run", lambda _, __, work, ___: read_sheet(work))
    client = serve(n_threads=1)
    folder = TemplateFolder(client.app.state.numerals.batches.templates)
    fields = [
        {"name": "pupil", "box": [10, 10, 90, 40], "roster": PUPILS, "unique": True},
        {"name": "task", "box": [10, 50, 90, 80]},
        {"name": "total", "box": [10, 90, 90, 120]},
    ]
    form = np.random.default_rng(0).integers(0, 2, (40, 40)).astype(np.uint8) * 255
    picture = cv2.resize(form, (800, 800), interpolation=cv2.INTER_NEAREST)
    folder.save("exam", {"fields": fields}, folder.add_picture(picture))
    return client


def read_stack(client, **readings) -> str:
    """Read sheets a.png, b.png and so on, with some readings of the pupil's number."""
    READINGS.update({f"{name}.png": found for name, found in readings.items()})
    batch = make_batch(client, templates=["exam"])
    contents = {f"{name}__png": encoded("1") for name in readings}
    upload(client, batch, **contents)
    wait_until_read(client, batch)
    return batch


def pupils(client, batch) -> dict[str, dict]:
    return {item["name"]: item["rows"][0] for item in list_items(client, batch)}


def checks(client, batch) -> dict:
    return client.get(f"/v1/batches/{batch}/checks").json()


def answer(client, row, text):
    assert client.post(f"/v1/review/{row['line_id']}", json={"text": text}).is_success


def test_each_number_is_given_to_one_sheet(exams):
    batch = read_stack(exams, a=[("1017", 0.9)], b=[("1017", 0.6), ("1011", 0.3), ("1031", 0.1)])
    first, second = pupils(exams, batch).values()
    assert (first["text"], first["uncertain"]) == ("1017", True)  # 0.9
    assert (second["text"], second["uncertain"], second["changed"]) == ("1031", True, True)
    assert second["confidence"] == pytest.approx(0.1)
    field = checks(exams, batch)["fields"][0]
    assert (field["listed"], field["missing"], field["duplicates"]) == (4, ["1022", "1044"], [])


def test_numbers_that_occur_twice_are_listed_and_freed_by_an_answer(exams):
    batch = read_stack(exams, a=[("1017", 0.99)], b=[("1017", 0.98), ("1044", 0.001)])
    rows = pupils(exams, batch)
    assert {row["note"] for row in rows.values()} == {"occurs more than once"}
    assert all(row["uncertain"] for row in rows.values())
    [repeated] = checks(exams, batch)["fields"][0]["duplicates"]
    assert (repeated["text"], [s["name"] for s in repeated["sheets"]]) == (
        "1017",
        ["a.png", "b.png"],
    )
    answer(exams, rows["a.png"], "1022")
    rows = pupils(exams, batch)
    assert (rows["b.png"]["text"], rows["b.png"]["note"], rows["b.png"]["uncertain"]) == (
        "1017",
        "",
        False,
    )
    field = checks(exams, batch)["fields"][0]
    assert (field["duplicates"], field["missing"]) == ([], ["1031", "1044"])


def test_an_answer_moves_the_other_sheets(exams):
    batch = read_stack(exams, a=[("1017", 0.8), ("1022", 0.2)], b=[("1031", 0.99)])
    rows = pupils(exams, batch)
    answer(exams, rows["b.png"], "1017")  # a person is certain
    assert pupils(exams, batch)["a.png"]["text"] == "1022"
    exams.post(f"/v1/review/{rows['b.png']['line_id']}/undo", json={})
    restored = pupils(exams, batch)["a.png"]
    assert (restored["text"], restored["confidence"]) == ("1017", 0.8)
    assert not restored["changed"]


def test_answers_together_apply_the_rules_once(exams, monkeypatch):
    batch = read_stack(
        exams, a=[("1017", 0.9)], b=[("1022", 0.9)], c=[("1031", 0.6), ("1044", 0.4)]
    )
    lines = [row["line_id"] for row in pupils(exams, batch).values()]
    calls = []

    def resolve(*given):
        calls.append(given)
        resolve_batch(*given)

    monkeypatch.setattr("numerals.web.batches.stack_rules.resolve_batch", resolve)
    answers = [{"id": lines[0], "text": "1031"}, {"id": lines[1], "text": "1022"}]
    assert exams.post("/v1/review/answers", json={"answers": answers}).is_success
    assert [row["text"] for row in pupils(exams, batch).values()] == ["1031", "1022", "1044"]
    assert len(calls) == 1
    exams.post("/v1/review/undo", json={"changes": [{"id": line} for line in lines[:2]]})
    assert [row["text"] for row in pupils(exams, batch).values()] == ["1017", "1022", "1031"]
    assert len(calls) == 2


def test_answers_that_are_not_on_the_list_are_named(exams):
    batch = read_stack(exams, a=[("1017", 0.99)])
    answer(exams, pupils(exams, batch)["a.png"], "2000")
    [unlisted] = checks(exams, batch)["fields"][0]["unlisted"]
    assert unlisted == {
        "text": "2000",
        "sheets": [{"item": unlisted["sheets"][0]["item"], "name": "a.png", "page": 1}],
    }


def test_sums_are_listed_with_their_sheets(exams):
    batch = read_stack(exams, a=[("1017", 0.99)], b=[("1022", 0.99)])
    assert checks(exams, batch)["relations"] == []
    totals = {item["name"]: item["rows"][2] for item in list_items(exams, batch)}
    answer(exams, totals["a.png"], "8")
    answer(exams, totals["b.png"], "1:50")
    [relation] = checks(exams, batch)["relations"]
    assert relation["relation"] == "task = total"
    assert [s["name"] for s in relation["broken"]] == ["a.png"]
    assert [s["name"] for s in relation["unchecked"]] == ["b.png"]
    assert (relation["n_broken"], relation["n_unchecked"]) == (1, 1)


def test_reading_again_lists_no_change_that_the_rules_take_back(exams):
    batch = read_stack(exams, a=[("1017", 0.9)], b=[("1017", 0.6), ("1031", 0.4)])
    exams.post(f"/v1/batches/{batch}/read-again", json={})
    wait_until_read(exams, batch)
    assert pupils(exams, batch)["b.png"]["text"] == "1031"
    assert exams.get(f"/v1/batches/{batch}/changes").json()["changes"] == []


def test_deleted_sheet_frees_its_number(exams):
    batch = read_stack(exams, a=[("1017", 0.9)], b=[("1017", 0.6), ("1031", 0.4)])
    first = list_items(exams, batch)[0]["id"]
    exams.delete(f"/v1/batches/{batch}/items/{first}")
    assert pupils(exams, batch)["b.png"]["text"] == "1017"


def test_an_unexpected_error_does_not_stop_the_batch(exams, monkeypatch, caplog):
    def fail(*_):
        raise ValueError("a bug")

    monkeypatch.setattr("numerals.web.batches.stack_rules.load_sheets", fail)
    batch = read_stack(exams, a=[("1017", 0.99)])
    assert pupils(exams, batch)["a.png"]["text"] == "1017"
    assert "are not applied" in caplog.text


def test_sheets_that_were_read_before_the_form_changed_are_counted(exams):
    batch = read_stack(exams, a=[("1017", 0.9)], b=[("1022", 0.9)])
    assert checks(exams, batch)["changed_forms"] == []
    os.utime(exams.app.state.numerals.batches.templates / "exam.toml")
    assert checks(exams, batch)["changed_forms"] == [{"template": "exam", "n_sheets": 2}]
    exams.post(f"/v1/batches/{batch}/read-again", json={"templates": ["exam"]})
    wait_until_read(exams, batch)
    assert checks(exams, batch)["changed_forms"] == []


def test_checks_of_other_batches(exams):
    batch = make_batch(exams)
    assert checks(exams, batch) == {"fields": [], "relations": [], "changed_forms": []}
    failure_of(exams.get("/v1/batches/999/checks"), 404)
    failure_of(exams.get("/v1/batches/x/checks"), 404)
