"""The table of route limits: body sizes, queues, and its entries in OpenAPI."""

import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import pytest
from served import call_raw, digit_rows, encoded, failure_of

from numerals.corrections.review_queue import ReviewQueue
from numerals.images.limits import MIB
from numerals.reading import Reader
from numerals.web.route_limits import DIGIT_JSON, DIGITS_JSON, LIMITS, SMALL_BODY, find_limits
from numerals.web.settings import Settings

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
def test_json_bodies_above_the_limit_are_rejected(client, route, limit):
    body = b'{"text": "%s"}' % (b"1" * limit)
    answer = client.post(f"/v1/{route}", content=body, headers=JSON)
    failure_of(answer, 413)
    assert answer.headers["connection"] == "close"
    chunks = (body[at : at + 65536] for at in range(0, len(body), 65536))  # no Content-Length
    failure_of(client.post(f"/v1/{route}", content=chunks, headers=JSON), 413)


def test_body_with_excessive_content_length_is_not_received(client):
    async def receive():
        raise AssertionError("was received")

    headers = [(b"content-length", b"27000")]
    assert call_raw(client, "POST", "/v1/corrections", headers, receive=receive)[0] == 413


def test_longest_answer_fits_the_limit(client, picture):
    """A text of 200 characters and a name of 100, each as JSON's longest escape."""
    line = client.post("/v1/read", content=picture).json()["pages"][0]["lines"][0]["line_id"]
    body = json.dumps({"text": "\N{MATHEMATICAL BOLD DIGIT ONE}" * 200, "by": "𝟏" * 100})
    assert 12 * 300 < len(body) < SMALL_BODY
    answer = client.post(f"/v1/review/{line}", content=body, headers=JSON)
    assert answer.is_success, answer.text


def test_thousand_digits_fit_the_limit(client):
    images = [[[255] * 28] * 28] * 1000
    body = json.dumps({"images": images})
    assert 0.9 * DIGITS_JSON < len(body) <= DIGITS_JSON
    answer = client.post("/v1/digits", content=body, headers=JSON)
    assert len(answer.json()["digits"]) == 1000
    one = json.dumps({"image": [[255] * 256] * 256})
    assert len(one) <= DIGIT_JSON


@pytest.mark.parametrize("piece", [b"[],", b"{},", b'{"a":1},', b"[[[["])
def test_bodies_with_thousands_of_lists_are_rejected(client, piece):
    body = b'{"images": [' + piece * (3 * MIB // len(piece)) + b"1]}"
    assert "lists or objects" in failure_of(
        client.post("/v1/digits", content=body, headers=JSON), 422
    )


def test_openapi_has_the_limits_of_every_route(serve, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_HOME", str(tmp_path))
    paths = serve(class_name="a").get("/openapi.json").json()["paths"]
    documented = {
        (method, path): operation["x-limits"]
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    assert documented["post", "/v1/read"]["max_picture_bytes"] == 32 * MIB
    assert documented["post", "/v1/corrections"] == {
        "max_json_bytes": SMALL_BODY,
        "queue": "quick",
        "max_seconds": 6,
    }
    for (_, path), limits in documented.items():
        assert ("queue" in limits) == path.startswith(("/v1/", "/class/")), path
    assert {limits.path for limits in LIMITS} <= set(paths), "limits of an unknown route"


def test_unknown_routes_have_small_limits():
    for method, path in (("POST", "/v1/nothing"), ("PUT", "/v1/read"), ("POST", "/"), ("POST", "")):
        assert find_limits(method, path).max_body("image/png", Settings()) == SMALL_BODY


def test_ticket_is_released_when_the_response_starts(serve, picture):
    """A client that does not read its response holds no place in the queue."""
    client = serve(n_threads=1, max_waiting=0, store=None)
    taken = []

    async def send(message):
        taken.append(client.app.state.numerals.read_queue._n_taken)

    assert call_raw(client, "POST", "/v1/read", [], picture, send=send)[0] == 200
    assert taken == [0, 0]


def test_requests_to_the_store_are_limited(serve, monkeypatch):
    """Eight requests are handled, two wait, and the next one gets 503 at once."""
    allowed, started_requests = threading.Event(), threading.Semaphore(0)

    def hang(*_, **__):
        started_requests.release()
        assert allowed.wait(60)
        return 0, []

    monkeypatch.setattr(ReviewQueue, "list_waiting", hang)
    monkeypatch.setattr("numerals.web.admission.QUICK_WAIT", 0.3)
    client = serve(max_waiting=2)
    with ThreadPoolExecutor(11) as pool:
        sent_requests = [pool.submit(client.get, "/v1/review") for _ in range(11)]
        try:
            for _ in range(8):
                assert started_requests.acquire(timeout=60)
            started = time.monotonic()
            for path in ("/healthz", "/metrics", "/", "/static/js/main.js"):
                assert client.get(path).is_success
            assert time.monotonic() - started < 8  # the store hangs for 60
            refused = [each.result() for each in islice(as_completed(sent_requests, timeout=30), 3)]
            messages = [failure_of(answer, 503) for answer in refused]
            assert sum("locked the store" in message for message in messages) == 2
            assert sum("10 requests" in message for message in messages) == 1
            assert all("retry-after" in answer.headers for answer in refused)
        finally:
            allowed.set()
        assert sum(each.result().is_success for each in sent_requests) == 8


def test_forms_are_parsed_in_a_worker_thread(client, monkeypatch):
    from numerals.web import uploads

    threads, parse_files = [], uploads.parse_files

    def record(*arguments):
        threads.append(threading.current_thread().name)
        return parse_files(*arguments)

    monkeypatch.setattr(uploads, "parse_files", record)
    files = [("picture", (f"{text}.png", io.BytesIO(encoded(text)))) for text in "47"]
    digits = client.post("/v1/digits", files=files).json()["digits"]
    assert [digit["text"] for digit in digits] == ["4", "7"]
    assert threads and all(name.startswith("numerals-read") for name in threads)


def test_formats_are_parsed_in_a_worker_thread_and_limited(client, monkeypatch, picture):
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
