"""The table of limits: how much each route takes, how many wait, and that all routes have a row."""

import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import pytest
from served import call_raw, digit_rows, encoded, failure_of

from numerals.reading import Reader
from numerals.store import Store
from numerals.web.route_limits import DIGIT_JSON, DIGITS_JSON, LIMITS, SMALL_BODY, limits_of
from numerals.web.settings import MIB, Settings

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("route", "limit"),
    [
        ("corrections", SMALL_BODY),
        ("review/1", SMALL_BODY),
        ("review/1/skip", SMALL_BODY),
        ("review/1/undo", SMALL_BODY),
        ("explain", DIGIT_JSON),
        ("similar", DIGIT_JSON),
        ("digits", DIGITS_JSON),
        ("nothing", SMALL_BODY),
    ],
)
def test_json_bodies_are_as_large_as_the_route_needs(client, route, limit):
    body = b'{"text": "%s"}' % (b"1" * limit)
    answer = client.post(f"/v1/{route}", content=body, headers=JSON)
    failure_of(answer, 413)
    assert answer.headers["connection"] == "close"
    chunks = (body[at : at + 65536] for at in range(0, len(body), 65536))  # no Content-Length
    failure_of(client.post(f"/v1/{route}", content=chunks, headers=JSON), 413)


def test_what_is_refused_for_its_length_is_not_received(client):
    async def receive():
        raise AssertionError("was received")

    headers = [(b"content-length", b"27000")]
    assert call_raw(client, "POST", "/v1/corrections", headers, receive=receive)[0] == 413


def test_the_longest_answer_fits(client, picture):
    """200 characters, and 100 of a name, each in JSON's longest way."""
    line = client.post("/v1/read", content=picture).json()["pages"][0]["lines"][0]["line_id"]
    body = json.dumps({"text": "\N{MATHEMATICAL BOLD DIGIT ONE}" * 200, "by": "𝟏" * 100})
    assert 12 * 300 < len(body) < SMALL_BODY
    answer = client.post(f"/v1/review/{line}", content=body, headers=JSON)
    assert answer.is_success, answer.text


def test_a_thousand_digits_fit(client):
    images = [[[255] * 28] * 28] * 1000
    body = json.dumps({"images": images})
    assert 0.9 * DIGITS_JSON < len(body) <= DIGITS_JSON
    answer = client.post("/v1/digits", content=body, headers=JSON)
    assert len(answer.json()["digits"]) == 1000
    one = json.dumps({"image": [[255] * 256] * 256})
    assert len(one) <= DIGIT_JSON


@pytest.mark.parametrize("piece", [b"[],", b"{},", b'{"a":1},', b"[[[["])
def test_thousands_of_lists_are_not_parsed(client, piece):
    body = b'{"images": [' + piece * (3 * MIB // len(piece)) + b"1]}"
    assert "lists or objects" in failure_of(
        client.post("/v1/digits", content=body, headers=JSON), 422
    )


def test_every_route_is_in_the_documentation_with_its_limits(client):
    paths = client.get("/openapi.json").json()["paths"]
    told = {
        (method, path): operation["x-limits"]
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    assert told["post", "/v1/read"]["max_picture_bytes"] == 32 * MIB
    assert told["post", "/v1/corrections"] == {
        "max_json_bytes": SMALL_BODY,
        "queue": "quick",
        "max_seconds": 6,
    }
    for (_, path), limits in told.items():
        assert ("queue" in limits) == path.startswith("/v1/"), path
    assert {limits.path for limits in LIMITS} <= set(paths), "a row of a route that is gone"


def test_what_there_is_no_route_for_takes_little():
    for method, path in (("POST", "/v1/nothing"), ("PUT", "/v1/read"), ("POST", "/"), ("POST", "")):
        assert limits_of(method, path).max_body("image/png", Settings()) == SMALL_BODY


def test_a_reading_gives_its_memory_back_before_its_answer_is_read(serve, picture):
    """A client that does not take its answer has no place any more."""
    client = serve(n_threads=1, n_waiting=0, store=None)
    taken = []

    async def send(message):
        taken.append(client.app.state.numerals.queue._taken)

    assert call_raw(client, "POST", "/v1/read", [], picture, send=send)[0] == 200
    assert taken == [0, 0]


def test_answers_of_the_store_are_counted_as_well(serve, monkeypatch):
    """Eight are answered at a time, so many wait, and the rest are told at once."""
    allowed, begun = threading.Event(), threading.Semaphore(0)

    def hang(*_, **__):
        begun.release()
        assert allowed.wait(60)
        return 0, []

    monkeypatch.setattr(Store, "waiting", hang)
    monkeypatch.setattr("numerals.web.admission.QUICK_WAIT", 0.3)
    client = serve(n_waiting=2)
    with ThreadPoolExecutor(11) as pool:
        asked = [pool.submit(client.get, "/v1/review") for _ in range(11)]
        try:
            for _ in range(8):
                assert begun.acquire(timeout=60)
            started = time.monotonic()
            for path in ("/healthz", "/metrics", "/", "/static/js/main.js"):
                assert client.get(path).is_success
            assert time.monotonic() - started < 8  # it is held for 60
            refused = [each.result() for each in islice(as_completed(asked, timeout=30), 3)]
            messages = [failure_of(answer, 503) for answer in refused]
            assert sum("locked the store" in message for message in messages) == 2
            assert sum("10 requests" in message for message in messages) == 1
            assert all("retry-after" in answer.headers for answer in refused)
        finally:
            allowed.set()
        assert sum(each.result().is_success for each in asked) == 8


def test_forms_are_read_off_the_event_loop(client, monkeypatch):
    from numerals.web import uploads

    threads, split = [], uploads.parse_files

    def remember(*arguments):
        threads.append(threading.current_thread().name)
        return split(*arguments)

    monkeypatch.setattr(uploads, "parse_files", remember)
    files = [("picture", (f"{text}.png", io.BytesIO(encoded(text)))) for text in "47"]
    digits = client.post("/v1/digits", files=files).json()["digits"]
    assert [digit["text"] for digit in digits] == ["4", "7"]
    assert threads and all(name.startswith("numerals-read") for name in threads)


def test_formats_are_parsed_off_the_event_loop_and_are_short(client, monkeypatch, picture):
    threads = []
    monkeypatch.setattr(Reader, "read_picture", lambda *_: pytest.fail("was read"))
    check = "numerals.web.read_query.ReadQuery.read_options"
    monkeypatch.setattr(check, lambda _: threads.append(threading.current_thread().name) or 1 / 0)
    failure_of(client.post("/v1/read?format=digits", content=picture), 500)
    assert all(name.startswith("numerals-read") for name in threads) and threads
    for spec in ("regex:" + "(" * 20_000, "range:0-" + "9" * 5_000):
        failure_of(client.post("/v1/read", params={"format": spec}, content=picture), 422)
    assert len(threads) == 1
    assert client.post("/v1/digits", json={"images": digit_rows("7")}).is_success
