"""``numerals serve --audit``: the sample without readings, answers, two reviewers."""

import json

import pytest

pytest.importorskip("scipy", reason="needs numerals[batch]")

from audited_run import TRUTHS, write_audit

from numerals.errors import DataError
from numerals.web import audit_review


@pytest.fixture
def client(serve, tmp_path):
    return serve(audit_run=str(write_audit(tmp_path / "scans-run")), store=None)


def progress(client, reviewer):
    response = client.get("/v1/audit", params={"reviewer": reviewer})
    assert response.status_code == 200, response.text
    return response.json()


def answer(client, reviewer, item_id, text):
    return client.post(f"/v1/audit/items/{item_id}", json={"reviewer": reviewer, "text": text})


def test_a_sample_is_answered_in_the_order_of_the_draw(client, tmp_path):
    shown = progress(client, "anna")
    assert (shown["run"], shown["total"], shown["decided"]) == ("scans-run", 3, 0)
    for number, text in enumerate(TRUTHS, start=1):
        assert shown["next"]["id"] == f"{number:04d}"
        response = answer(client, "anna", shown["next"]["id"], text)
        assert response.status_code == 200
        shown = response.json()
    assert shown["next"] is None and shown["decided"] == 3
    path = tmp_path / "scans-run" / "audit" / "stage-1" / "answers-anna.jsonl"
    kept = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(each["id"], each["text"]) for each in kept] == [
        ("0001", "70"),
        ("0002", "0125"),
        ("0003", "8"),
    ]


def test_the_review_is_blind(client):
    item = progress(client, "anna")["next"]
    assert set(item) == {"id", "file", "place", "box", "crop", "answer", "others"}
    answer(client, "anna", item["id"], "70")
    shown = client.get(f"/v1/audit/items/{item['id']}", params={"reviewer": "ben"}).json()
    assert shown["answer"] is None and shown["others"] == []


def test_two_reviewers_do_not_see_the_same_number(client, monkeypatch):
    seen = [progress(client, name)["next"]["id"] for name in ("anna", "ben", "anna")]
    assert seen == ["0001", "0002", "0001"]
    monkeypatch.setattr(audit_review, "monotonic", lambda: 1e12)  # anna went home
    assert progress(client, "ben")["next"]["id"] == "0001"


def test_different_answers_are_decided_by_a_third_person(serve, tmp_path):
    client = serve(audit_run=str(write_audit(tmp_path / "run", double=True)), store=None)
    for name, texts in (("anna", ("70", "0125", "8")), ("ben", ("70", "125", "nothing"))):
        for number, text in enumerate(texts, start=1):
            shown = answer(client, name, f"{number:04d}", text).json()
    assert (shown["decided"], shown["disputed"], shown["next"]) == (1, 2, None)
    shown = progress(client, "settled")
    assert shown["next"]["id"] == "0002" and shown["next"]["others"] == ["0125", "125"]
    shown = answer(client, "settled", "0002", "0125").json()
    assert (shown["decided"], shown["disputed"]) == (2, 1)


def test_an_answer_can_be_changed_until_the_result_is_known(client, tmp_path):
    answer(client, "anna", "0001", "78")
    assert answer(client, "anna", "0001", "70").status_code == 200
    shown = client.get("/v1/audit/items/0001", params={"reviewer": "anna"}).json()
    assert shown["answer"] == "70"
    (tmp_path / "scans-run" / "audit" / "stage-1" / "result.json").write_text("{}")
    response = answer(client, "anna", "0001", "78")
    assert response.status_code == 422
    assert "cannot change" in response.json()["error"]["message"]


def test_pictures_are_png(client):
    response = client.get("/v1/audit/items/0001/crop")
    assert response.headers["content-type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("reviewer", "item_id", "text", "status"),
    [
        ("anna", "0009", "70", 404),
        ("../anna", "0001", "70", 422),
        ("anna", "0001", " ", 422),
        ("anna", "0001", "7" * 201, 422),
        ("", "0001", "70", 422),
    ],
)
def test_bad_answers_are_refused(client, reviewer, item_id, text, status):
    response = answer(client, reviewer, item_id, text)
    assert response.status_code == status
    assert response.json()["error"]["message"]


def test_there_are_no_routes_without_an_audit(serve):
    client = serve(store=None)
    assert client.get("/v1/audit").status_code == 404
    assert client.get("/audit").status_code == 404


def test_a_run_without_an_audit_is_an_error(serve, tmp_path):
    with pytest.raises(DataError, match="numerals audit plan"):
        serve(audit_run=str(tmp_path), store=None)
