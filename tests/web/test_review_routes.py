"""Routes of the review; tests/corrections tests the results of answers."""

import pytest
from served import failure_of


@pytest.fixture
def line(client, picture):
    """Return the id of a waiting line."""
    return client.post("/v1/read", content=picture).json()["pages"][0]["lines"][0]["line_id"]


def test_an_item_has_its_texts_source_and_crop(client, line):
    items = client.get("/v1/review?limit=500").json()["items"]
    item = next(item for item in items if item["id"] == line)
    assert (item["text"], item["read"], item["state"]) == ("417", "417", "waiting")
    assert item["source"] == "picture"
    crop = client.get(item["crop"])
    assert crop.headers["content-type"] == "image/png"
    assert crop.content.startswith(b"\x89PNG")


def test_items_are_sorted_by_confidence_and_filtered(client, line):
    found = client.get("/v1/review?limit=500").json()["items"]
    confidences = [item["confidence"] for item in found]
    assert confidences == sorted(confidences)
    nothing = {"waiting": 0, "marks": 0, "audit": None, "items": []}
    assert client.get("/v1/review?below=0").json() == nothing
    assert len(client.get("/v1/review?limit=1").json()["items"]) == 1


def test_the_history_has_all_changes(client, line):
    address = f"/v1/review/{line}"
    assert client.post(address, json={"text": " 411 ", "by": "ann"}).json()["text"] == "411"
    assert client.post(f"{address}/undo", json={"by": "bob"}).json()["state"] == "waiting"
    assert client.post(address, json={"text": "417"}).json()["state"] == "confirmed"
    assert client.post(f"{address}/skip").json()["state"] == "skipped"
    changes = client.get(f"{address}/history").json()["changes"]
    assert [(c["kind"], c["by"], c["from"], c["to"]) for c in changes] == [
        ("correct", "ann", "417", "411"),
        ("undo", "bob", "411", "417"),
        ("confirm", "", "417", "417"),
        ("skip", "", "417", "417"),
    ]


def test_nothing_to_undo_is_a_conflict(client, line):
    assert "has no change to undo" in failure_of(client.post(f"/v1/review/{line}/undo"), 409)


def test_a_correction_names_the_line_by_id_or_position(client, picture, line):
    client.post("/v1/corrections", json={"line_id": line, "text": "911", "by": "ann"})
    reading = client.post("/v1/read", content=picture).json()["id"]
    by_position = {"reading_id": reading, "line": 1, "text": "912", "by": "bob"}
    assert client.post("/v1/corrections", json=by_position).json()["state"] == "corrected"
    found = client.get("/v1/corrections?newest=true&limit=2").json()
    assert [(c["from"], c["to"], c["by"]) for c in found["corrections"]] == [
        ("417", "912", "bob"),
        ("417", "911", "ann"),
    ]
    newest, older = (int(c["id"]) for c in found["corrections"])
    after = client.get(f"/v1/corrections?after={older}").json()["corrections"]
    assert [int(c["id"]) for c in after] == [newest]
    assert all(command["command"].startswith("numerals ") for command in found["commands"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "body.text: Field required"),
        ([], "body"),
        ({"text": 5}, "body.text"),
        ({"text": "4\x001"}, "cannot be printed"),
        ({"text": "\u202e417\n"}, "cannot be printed"),
        ({"text": "4" * 201}, "body.text"),
        ({"text": "abc"}, "has the characters a, b, c"),
        ({"text": "-"}, "has no digit"),
        ({"text": "41", "format": "digits:3"}, "does not match the format 'digits:3'"),
        ({"text": "41", "format": "roster:/etc/passwd"}, "unknown number format"),
        ({"text": "41", "format": "colour"}, "unknown number format"),
        ({"text": "4", "by": "a" * 101}, "body.by"),
        ({"text": "4", "by": "a\u0000"}, "cannot be printed"),
    ],
)
def test_an_invalid_answer_is_refused_and_changes_nothing(client, line, body, message):
    assert message in failure_of(client.post(f"/v1/review/{line}", json=body), 422)
    assert client.get(f"/v1/review/{line}/history").json() == {"changes": []}


def test_a_body_that_is_not_json_is_refused(client, line):
    for content in (b'{"text": "\xff"}', b"[" * 8_000, b'{"text": "\\ud800"}'):
        answer = client.post(
            f"/v1/review/{line}", content=content, headers={"content-type": "application/json"}
        )
        assert answer.status_code in (400, 422)
        failure_of(answer, answer.status_code)


@pytest.mark.parametrize("id", ["0", "999999", "9" * 19, "x", "-1", "1.5", "%00", "%0a", "١"])
def test_an_unknown_id_is_not_found(client, id):
    failure_of(client.post(f"/v1/review/{id}", json={"text": "4"}), 404)
    for what in ("skip", "undo"):
        failure_of(client.post(f"/v1/review/{id}/{what}"), 404)
    for what in ("crop", "history"):
        failure_of(client.get(f"/v1/review/{id}/{what}"), 404)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "below=2", "below=nan", "below=-1"]
)
def test_invalid_parameters_are_refused(client, query):
    failure_of(client.get(f"/v1/review?{query}"), 422)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "1"}, 422),
        ({"reading_id": "1", "text": "1"}, 422),
        ({"reading_id": "1", "line": 0, "text": "1"}, 422),
        ({"reading_id": "1", "line": 99, "text": "1"}, 404),
        ({"reading_id": "9" * 20, "line": 1, "text": "1"}, 404),
        ({"line_id": "abc", "text": "1"}, 404),
    ],
)
def test_corrections_of_unknown_lines_are_refused(client, line, body, status):
    failure_of(client.post("/v1/corrections", json=body), status)


def test_without_a_store_reading_works_and_review_is_not_found(serve, picture):
    client = serve(store=None)
    answer = client.post("/v1/read", content=picture).json()
    assert (answer["id"], answer["pages"][0]["lines"][0]["line_id"]) == (None, None)
    assert "--no-store" in failure_of(client.get("/v1/review"), 404)
    failure_of(client.post("/v1/corrections", json={"line_id": "1", "text": "1"}), 404)


@pytest.mark.parametrize("keep", ["nothing", "pictures"])
def test_pixels_are_stored_as_keep_says(serve, picture, keep):
    client = serve(keep=keep)
    line = client.post("/v1/read", content=picture).json()["pages"][0]["lines"][0]["line_id"]
    n_waiting = client.get("/v1/review").json()["waiting"]
    crop = client.get(f"/v1/review/{line}/crop").status_code
    assert (n_waiting, crop) == ((0, 404) if keep == "nothing" else (1, 200))
    # A correction of a line without a crop is stored, too.
    body = {"line_id": line, "text": "411"}
    assert client.post("/v1/corrections", json=body).json()["state"] == "corrected"


def test_a_line_can_be_empty_or_differ_from_its_format(client, line):
    address = f"/v1/review/{line}"
    empty = client.post(address, json={"text": ""}).json()
    assert (empty["state"], empty["text"], empty["script"]) == ("corrected", "", "latin")
    given = {"text": "41", "format": "digits:3"}
    assert client.post(address, json=given).json()["error"]["code"] == "wrong_format"
    assert client.post(address, json={**given, "as_written": True}).json()["text"] == "41"
    assert "abc" in failure_of(
        client.post("/v1/corrections", json={"line_id": line, "text": "abc"}), 422
    )
