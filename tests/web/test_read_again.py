"""A file that is read again with other settings replaces its stored reading and keeps answers."""

import pytest
from served import failure_of

from numerals.reading import FileResult, keep_digits
from numerals.store import StoredIds, make_page_entry
from numerals.web.reading_routes import _to_response
from stored_pages import line_of as line_of_text
from stored_pages import page_of, pixels_of


@pytest.fixture
def stored(client, picture):
    return client.post("/v1/read?name=again.png", content=picture).json()


def read(client, picture, query):
    return client.post(f"/v1/read?name=again.png&{query}", content=picture)


def test_the_reading_is_replaced(client, picture, stored):
    before = client.get("/v1/review").json()["waiting"]
    again = read(client, picture, f"replaces={stored['id']}&script=auto").json()
    assert again["id"] == stored["id"]
    assert line_of(again)["line_id"] == line_of(stored)["line_id"]
    assert client.get("/v1/review").json()["waiting"] == before
    assert "answer" not in line_of(again)


def test_answers_are_kept_and_returned(client, picture, stored):
    line = line_of(stored)["line_id"]
    client.post("/v1/corrections", json={"line_id": line, "text": "911", "by": "ann"})
    again = read(client, picture, f"replaces={stored['id']}&format=digits:2").json()
    assert (line_of(again)["line_id"], line_of(again)["text"]) == (line, "417")
    assert (line_of(again)["state"], line_of(again)["answer"]) == ("corrected", "911")
    item = client.get(f"/v1/review/{line}/history").json()["changes"][-1]
    assert item["to"] == "911"


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("replaces=999999", 404, "no reading 999999 of this file"),
        ("replaces=99999999999999999999", 404, "no reading"),
        ("replaces=x", 422, "replaces"),
    ],
)
def test_other_readings_are_not_replaced(client, picture, stored, query, status, message):
    assert message in failure_of(read(client, picture, query), status)
    other = client.post(f"/v1/read?name=b.png&replaces={stored['id']}", content=picture)
    assert "of this file" in failure_of(other, 404)


def test_line_ids_belong_to_their_lines_when_lines_without_digits_are_left_out():
    sign, number = line_of_text("-", top=20), line_of_text("17", top=80)
    page = page_of(sign, number)
    entry = make_page_entry(page, pixels_of())
    result = FileResult("a.png", (keep_digits(page),))
    response = _to_response(result, StoredIds(1, ((7, 8),)), [entry])
    assert [line["line_id"] for line in response["pages"][0]["lines"]] == ["8"]


def line_of(reading):
    return reading["pages"][0]["lines"][0]
