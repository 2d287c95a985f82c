"""Batches, review and double keying with a store in PostgreSQL, whose SQL is stricter."""

import pytest
from batch_requests import list_items, make_batch, texts_of, upload, wait_until_read
from served import encoded
from starlette.testclient import TestClient

from numerals.web import Settings, create_app


@pytest.fixture
def client(home, postgres_url):
    with TestClient(create_app(Settings(store=postgres_url, n_threads=2))) as client:
        yield client


def ok(answer):
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def test_batches_are_read_listed_changed_and_deleted(client):
    batch = make_batch(client, name="first")
    upload(client, batch, "417.png", "60.png", bad__png=b"\x89PNG\r\n\x1a\n" + bytes(64))
    found = wait_until_read(client, batch)
    assert (found["done"], found["failed"]) == (2, 1)
    for name in ("all", "uncertain", "failed", "corrected", "waiting"):
        list_items(client, batch, filter=name, search="6")
    for name in ("name", "confidence", "added", "field:total"):
        for sort in (name, f"-{name}"):
            assert len(list_items(client, batch, sort=sort)) == 3
    (item,) = list_items(client, batch, search="417")
    line = item["rows"][0]["line_id"]
    ok(client.post("/v1/corrections", json={"line_id": line, "text": "418", "by": "ann"}))
    ok(client.post(f"/v1/batches/{batch}/read-again", json={"options": {"layout": "field"}}))
    wait_until_read(client, batch)
    ok(client.get(f"/v1/batches/{batch}/changes"))
    assert texts_of(client, batch)["417.png"] == ["418"]
    assert "418" in client.get(f"/v1/batches/{batch}/export?format=csv").text
    ok(client.patch(f"/v1/batches/{batch}", json={"name": "second"}))
    for action in ("pause", "resume"):
        ok(client.post(f"/v1/batches/{batch}/{action}"))
    assert client.delete(f"/v1/batches/{batch}/items/{item['id']}").status_code == 204
    ok(client.delete(f"/v1/batches/{batch}/pictures"))
    assert client.delete(f"/v1/batches/{batch}").status_code == 204
    assert ok(client.get("/v1/batches"))["batches"] == []


def test_lines_are_reviewed_one_by_one_and_together(client):
    lines = []
    for number in ("417", "417", "60"):
        read = ok(client.post("/v1/read", content=encoded(number)))
        lines.append(read["pages"][0]["lines"][0]["line_id"])
    for order in ("confidence", "useful", "page"):
        for marks in ("include", "exclude", "only"):
            query = {"order": order, "marks": marks, "show": "all", "below": 1}
            ok(client.get("/v1/review", params=query))
    assert ok(client.get("/v1/review?show=all"))["waiting"] == 3
    assert ok(client.get("/v1/review/groups?show=all"))["groups"] == [{"text": "417", "count": 2}]
    assert len(ok(client.get("/v1/review/pages?show=all"))["pages"]) == 3
    ok(client.get(f"/v1/review/{lines[0]}/page"))
    answers = [{"id": line, "text": "417", "version": "0"} for line in lines[:2]]
    given = ok(client.post("/v1/review/answers", json={"by": "ann", "answers": answers}))
    changes = [{"id": item["id"], "change": item["change"]} for item in given["items"]]
    assert len(ok(client.post("/v1/review/undo", json={"by": "ann", "changes": changes}))["items"])
    for by, texts in (("ann", ("417", "60")), ("bob", ("417", "66"))):
        for line, text in zip(lines[1:], texts, strict=True):
            ok(client.post(f"/v1/review/{line}/keying", json={"text": text, "by": by}))
    (difference,) = ok(client.get("/v1/review/differences"))["items"]
    assert difference["id"] == lines[2]
    keying = ok(client.get("/v1/review/keying", params={"by": "carla"}))
    assert (keying["waiting"], keying["differences"]) == (1, 1)
    ok(client.post(f"/v1/review/{lines[2]}/keying/undo", json={"by": "bob"}))
    assert ok(client.get("/v1/review/differences"))["items"] == []
    ok(client.post(f"/v1/review/{lines[0]}/skip", json={"by": "ann"}))
    history = ok(client.get(f"/v1/review/{lines[0]}/history"))["changes"]
    assert [change["kind"] for change in history] == ["confirm", "undo", "skip"]
