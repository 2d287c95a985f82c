"""Retried requests get the same response and are stored once; edit conflicts are reported."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from served import failure_of


@pytest.fixture
def line(client, picture):
    """Return the id of a line in the review queue."""
    return client.post("/v1/read", content=picture).json()["pages"][0]["lines"][0]["line_id"]


def keyed(key="one"):
    return {"Idempotency-Key": key}


def kinds(client, line):
    changes = client.get(f"/v1/review/{line}/history").json()["changes"]
    return [change["kind"] for change in changes]


def test_retried_reading_is_stored_once(client, picture):
    def read(_):
        return client.post("/v1/read?name=a.png", content=picture, headers=keyed("r1")).json()

    before = client.get("/v1/review?limit=1").json()["waiting"]
    with ThreadPoolExecutor(3) as pool:  # as retries may come: while the first is read
        answers = [*pool.map(read, range(3)), read(0)]
    assert all(answer == answers[0] for answer in answers) and answers[0]["id"]
    assert client.get("/v1/review?limit=1").json()["waiting"] == before + 1


def test_key_cannot_be_reused_for_another_request(client, picture, line):
    client.post("/v1/read", content=picture, headers=keyed("r2"))
    for request in ("/v1/read?layout=field", "/v1/read?name=b"):
        refused = client.post(request, content=picture, headers=keyed("r2"))
        assert "a new key for each request" in failure_of(refused, 422)
    other = client.post(f"/v1/review/{line}", json={"text": "1"}, headers=keyed("r2"))
    failure_of(other, 422)
    assert kinds(client, line) == []


@pytest.mark.parametrize("what", ["", "/skip", "/undo"])
def test_retried_change_is_applied_once(client, line, what):
    body = {"by": "ann", **({} if what else {"text": "411"})}
    client.post(f"/v1/review/{line}", json={"text": "410", "by": "ann"})
    client.post(f"/v1/review/{line}", json={"text": "412", "by": "ann"})
    key = keyed(f"answer{what}{line}")
    first, again = (
        client.post(f"/v1/review/{line}{what}", json=body, headers=key).json() for _ in range(2)
    )
    assert first == again
    assert len(kinds(client, line)) == 3
    refused = client.post(f"/v1/review/{line}{what}", json={**body, "by": "bob"}, headers=key)
    failure_of(refused, 422)


def test_retried_correction_is_stored_once(client, line):
    body = {"line_id": line, "text": "411", "by": "ann"}
    key = keyed(f"correction{line}")
    first = client.post("/v1/corrections", json=body, headers=key).json()
    client.post(f"/v1/review/{line}/undo", json={"by": "ann"})
    assert client.post("/v1/corrections", json=body, headers=key).json() == first
    assert kinds(client, line) == ["correct", "undo"]


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "é", "a\tb"])
def test_invalid_keys_are_rejected(client, line, key):
    header = {"Idempotency-Key": key.encode("latin-1")}
    refused = client.post(f"/v1/review/{line}", json={"text": "1"}, headers=header)
    assert "printable ASCII" in failure_of(refused, 422)


@pytest.mark.parametrize("version", ["0", None])
def test_conflicting_change_returns_the_current_value(client, line, version):
    seen = {} if version is None else {"version": version}
    address = f"/v1/review/{line}"
    assert client.post(address, json={"text": "411", "by": "ann", **seen}).status_code == 200
    for path, body in (
        (address, {"text": "412"}),
        (f"{address}/skip", {}),
        ("/v1/corrections", {"line_id": line, "text": "412"}),
    ):
        refused = client.post(path, json={**body, "by": "bob", **seen})
        assert refused.status_code == 409
        assert refused.json()["error"]["code"] == "conflict"
        assert "corrected as '411', by ann" in refused.json()["error"]["message"]
        current = refused.json()["current"]
        assert (current["text"], current["state"], current["by"]) == ("411", "corrected", "ann")
    replaced = client.post(
        address, json={"text": "412", "by": "bob", "version": current["version"]}
    ).json()
    assert (replaced["text"], replaced["by"]) == ("412", "bob")
    assert kinds(client, line) == ["correct", "correct"]


def test_second_undo_of_the_same_change_does_nothing(client, line):
    address = f"/v1/review/{line}"
    client.post(address, json={"text": "411", "by": "ann"})
    change = client.post(address, json={"text": "412", "by": "ann"}).json()["change"]
    for _ in range(2):
        undone = client.post(f"{address}/undo", json={"by": "ann", "change": change})
        assert (undone.status_code, undone.json()["text"]) == (200, "411")
    assert kinds(client, line) == ["correct", "correct", "undo"]
    later = client.post(
        address, json={"text": "413", "by": "bob", "version": undone.json()["version"]}
    )
    stale = client.post(f"{address}/undo", json={"by": "ann", "change": undone.json()["change"]})
    assert (later.status_code, stale.status_code) == (200, 409)
    assert stale.json()["current"]["text"] == "413"
    failure_of(client.post(f"{address}/undo", json={"change": "999999"}), 404)
    failure_of(client.post(f"{address}/undo", json={"change": "x"}), 422)
