"""``/v1/explain/picture``: how a line of a picture was read."""

import base64

import cv2
import numpy as np
import pytest
from served import digit_rows, encoded, failure_of

PNG = {"content-type": "image/png"}
ROUTE = "/v1/explain/picture"


def decoded(data_url: str) -> np.ndarray:
    content = base64.b64decode(data_url.removeprefix("data:image/png;base64,"))
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)


def explain(client, content, **query):
    answer = client.post(ROUTE, content=content, headers=PNG, params=query)
    assert answer.is_success, answer.text
    return answer.json()


def test_line_is_explained_as_it_was_read(client, picture):
    (line,) = client.post("/v1/read", content=picture, headers=PNG).json()["pages"][0]["lines"]
    explanation = explain(client, picture)
    number = explanation["number"]
    assert (number["kind"], number["text"]) == ("line", line["text"])
    assert number["confidence"] == line["confidence"] and number["box"] == line["box"]
    steps = {step["name"]: step for step in number["steps"]}
    assert list(steps) == ["crop", "input", "frames", "answer"]
    strip = decoded(steps["input"]["picture"])
    assert list(strip.shape[::-1]) == steps["input"]["size"]
    assert steps["frames"]["picture"] is None
    assert len(number["frames"]["spans"]) == len(line["text"])
    (found,) = explanation["page"]["steps"]
    assert decoded(found["picture"]).ndim == 3
    assert explanation["evidence"] is None


def test_wanted_text_is_compared(client, picture):
    findings = explain(client, picture, intended="917")["number"]["findings"]
    assert any("917 has a probability" in finding["text"] for finding in findings)


def test_picture_of_a_digit_has_its_model_input(client):
    pytest.importorskip("sklearn", reason="needs numerals[lab]")
    seven = bytes(cv2.imencode(".png", np.array(digit_rows("7")[0], np.uint8))[1])
    explanation = explain(client, seven, layout="digit")
    assert (explanation["number"]["kind"], explanation["number"]["text"]) == ("digit", "7")
    assert np.shape(explanation["evidence"]["occlusion"]) == (28, 28)
    assert explanation["page"]["steps"] == []


def test_page_without_numbers_explains_why(client):
    blank = bytes(cv2.imencode(".png", np.full((300, 400), 255, np.uint8))[1])
    explanation = explain(client, blank)
    assert explanation["number"] is None
    assert [finding["name"] for finding in explanation["page"]["findings"]] == ["not_found"]


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"line": 3}, 422, "there is no line 4"),
        ({"line": -1}, 422, "line"),
        ({"page": 2}, 415, "expected 1 to 1"),
        ({"script": "/etc/passwd"}, 422, "unknown script"),
        ({"format": "roster:/etc/passwd"}, 422, "roster"),
        ({"layout": "digit", "intended": "77"}, 422, "one digit"),
    ],
)
def test_bad_queries_are_reported(client, picture, query, status, message):
    answer = client.post(ROUTE, content=picture, headers=PNG, params=query)
    assert message in failure_of(answer, status)


def test_unreadable_picture_is_reported(client):
    answer = client.post(ROUTE, files={"picture": ("photo.png", b"nothing")})
    assert failure_of(answer, 415).startswith("photo.png: is not a picture")


def test_nothing_is_stored(client):
    before = client.get("/v1/review?limit=1000").json()
    explain(client, encoded("305"))
    assert client.get("/v1/review?limit=1000").json() == before


def test_the_maps_are_not_waited_for_while_the_page_prepares_them(client, monkeypatch):
    working = property(lambda task: True)
    monkeypatch.setattr("numerals.web.background_task.BackgroundTask.is_working", working)
    found = client.post("/v1/explain/picture?layout=digit", content=encoded("7")).json()
    assert found["evidence_pending"] and found["evidence"] is None
    assert found["number"]["text"] == "7"
