"""With a store that another process has locked, health checks respond and writers get 503."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from served import failure_of

from numerals.store import Store

WAIT = 0.4  # seconds, instead of three


@pytest.fixture
def locked(serve, monkeypatch, tmp_path, picture):
    """Return a client whose store is locked, the address of a line, and the locking connection."""
    for name in ("application.STORE_WAIT", "admission.QUICK_WAIT"):
        monkeypatch.setattr(f"numerals.web.{name}", WAIT)
    client = serve(store=f"sqlite:///{tmp_path / 'store.db'}")
    line = client.post("/v1/read", content=picture).json()["pages"][0]["lines"][0]["line_id"]
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield client, f"/v1/review/{line}", other
    other.close()


def test_health_responds_while_sixty_writers_wait(locked):
    client, address, other = locked
    started = time.monotonic()
    with ThreadPoolExecutor(60) as pool:
        answers = [pool.submit(client.post, address, json={"text": "1"}) for _ in range(60)]
        slowest = 0.0
        while not all(answer.done() for answer in answers):
            checked_at = time.monotonic()
            assert client.get("/healthz").is_success
            slowest = max(slowest, time.monotonic() - checked_at)
    assert slowest < 3
    assert time.monotonic() - started < 10
    for answer in answers:
        failure_of(answer.result(), 503)
        assert int(answer.result().headers["retry-after"]) >= 1
    other.execute("ROLLBACK")
    assert client.post(address, json={"text": "1"}).is_success
    assert len(client.get(f"{address}/history").json()["changes"]) == 1  # no 503 was stored


def test_reading_from_a_locked_store_works(locked):
    client, address, _ = locked
    assert client.get("/v1/review").json()["waiting"] == 1
    assert client.get(f"{address}/crop").is_success


def test_reading_that_cannot_be_stored_is_reported(locked, picture):
    client, _, other = locked
    assert "locked" in failure_of(client.post("/v1/read", content=picture), 503)
    assert client.post("/v1/read?keep=false", content=picture).is_success
    other.execute("ROLLBACK")
    assert client.post("/v1/read", content=picture).is_success


def test_health_does_not_wait_for_a_hanging_store(serve, monkeypatch):
    allowed, checks = threading.Event(), []

    def hang(_):
        checks.append(threading.current_thread().name)
        allowed.wait(60)

    client = serve()
    monkeypatch.setattr(Store, "check", hang)
    try:
        for _ in range(3):
            started = time.monotonic()
            answer = client.get("/healthz")
            assert time.monotonic() - started < 5  # it hangs for 60
            assert "has not responded for" in failure_of(answer, 503)
        assert len(checks) == 1  # concurrent checks share one thread
    finally:
        allowed.set()
    for _ in range(100):
        if client.get("/healthz").is_success:
            return
        time.sleep(0.05)
    raise AssertionError("health did not recover")


def test_health_checks_the_store_once_a_second(serve, monkeypatch):
    client, checks = serve(), []
    monkeypatch.setattr(Store, "check", lambda _: checks.append(1))
    for _ in range(20):
        assert client.get("/healthz").is_success
    assert len(checks) <= 2
