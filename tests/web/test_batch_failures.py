"""Files that cannot be read, processes that end or hang, and deletion while reading."""

import io
import os
import threading
import time

import pytest
from batch_requests import list_items, make_batch, texts_of, upload, wait_until_read
from PIL import Image
from served import encoded

from numerals.errors import StoreError
from numerals.store.batch_items import BatchItems
from numerals.web.batches import batch_runner
from numerals.web.batches.page_reading import read_pages
from numerals.web.batches.worker_process import (
    WorkerCrashError,
    WorkerProcess,
    WorkerTimeoutError,
)


class Reading:
    """Reads in this process; a test may block it, or let it fail for some files."""

    def __init__(self) -> None:
        self.allowed, self.started = threading.Event(), threading.Semaphore(0)
        self.allowed.set()
        self.failures: dict[str, list[Exception]] = {}
        self.calls: list[str] = []

    def run(self, _, function, work, __):
        self.calls.append(work.unit.name)
        self.started.release()
        assert self.allowed.wait(60)
        failures = self.failures.get(work.unit.name)
        if failures:
            raise failures.pop(0)
        return function(work)


@pytest.fixture
def reading(monkeypatch):
    reading = Reading()
    monkeypatch.setattr(WorkerProcess, "run", lambda *arguments: reading.run(*arguments))
    monkeypatch.setattr(batch_runner, "_RETRY_INTERVAL", 0.01)
    yield reading
    reading.allowed.set()


@pytest.fixture
def one(serve, reading):
    """Return a service that reads one file at a time."""
    return serve(n_threads=1)


def test_a_crashed_process_costs_one_more_try(one, reading):
    reading.failures = {
        "1.png": [WorkerCrashError()],
        "2.png": [WorkerCrashError(), WorkerCrashError()],
        "3.png": [WorkerTimeoutError()],
        "4.png": [RuntimeError("a bug")],
    }
    batch = make_batch(one)
    upload(one, batch, *(f"{n}.png" for n in range(1, 6)))
    found = wait_until_read(one, batch)
    assert (found["done"], found["failed"]) == (2, 3)
    errors = {item["name"]: item["error"] for item in list_items(one, batch)}
    assert errors["1.png"] is None and errors["5.png"] is None
    assert "lack of memory" in errors["2.png"]
    assert "took too long" in errors["3.png"]
    assert "RuntimeError" in errors["4.png"] and "a bug" not in errors["4.png"]
    one.post(f"/v1/batches/{batch}/read-again", json={"only": "failed"})
    assert wait_until_read(one, batch)["done"] == 5
    assert reading.calls.count("5.png") == 1


def test_results_survive_a_busy_store(one, reading, monkeypatch):
    store_pages, n_failures = BatchItems.store_pages, 3

    def fail_first(*arguments):
        nonlocal n_failures
        n_failures -= 1
        if n_failures >= 0:
            raise StoreError("the store is busy")
        return store_pages(*arguments)

    monkeypatch.setattr(BatchItems, "store_pages", fail_first)
    batch = make_batch(one)
    upload(one, batch, "4.png")
    assert wait_until_read(one, batch)["lines"] == 1
    assert reading.calls == ["4.png"]  # read once


@pytest.mark.parametrize("what", ["item", "batch", "again"])
def test_changes_while_a_file_is_read(one, reading, what):
    reading.allowed.clear()
    batch = make_batch(one)
    upload(one, batch, "417.png", "23.png")
    assert reading.started.acquire(timeout=60)
    [item] = [item for item in list_items(one, batch) if item["state"] == "reading"]
    if what == "item":
        assert one.delete(f"/v1/batches/{batch}/items/{item['id']}").status_code == 204
    elif what == "batch":
        assert one.delete(f"/v1/batches/{batch}").status_code == 204
    else:
        body = {"options": {"layout": "field"}}
        assert one.post(f"/v1/batches/{batch}/read-again", json=body).status_code == 202
    reading.allowed.set()
    if what == "batch":
        other = make_batch(one)
        upload(one, other, "5.png")
        wait_until_read(one, other)
        assert one.get("/v1/review").json()["waiting"] == 1
        return
    found = wait_until_read(one, batch)
    assert found["lines"] == found["files"] == (1 if what == "item" else 2)
    assert texts_of(one, batch)["23.png"] == ["23"]


def test_damaged_pages_do_not_stop_the_others(one, reading, monkeypatch):
    monkeypatch.setattr(batch_runner, "PAGES_AT_ONCE", 2)
    pages = [Image.open(io.BytesIO(encoded(text))).convert("L") for text in ("4", "7", "9", "5")]
    pages[1] = Image.new("L", (12_000, 10_000), 255)  # more pixels than allowed
    stream = io.BytesIO()
    pages[0].save(
        stream, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_deflate"
    )
    batch = make_batch(one)
    upload(one, batch, scan__tif=stream.getvalue())
    wait_until_read(one, batch)
    [item] = list_items(one, batch)
    assert (item["state"], item["pages"], item["pages_read"]) == ("failed", 4, 4)
    assert item["error"].startswith("page 2: ") and "more than the" in item["error"]
    assert [(row["page"], row["text"]) for row in item["rows"]] == [(1, "4"), (3, "9"), (4, "5")]
    whole = one.get(f"/v1/batches/{batch}/items/{item['id']}").json()
    assert [page["error"] is None for page in whole["page_sizes"]] == [True, False, True, True]


def test_nothing_is_kept_with_keep_nothing(serve, reading):
    client = serve(n_threads=1, keep="nothing")
    batch = make_batch(client)
    upload(client, batch, "4.png", bad__png=b"not a picture")
    assert wait_until_read(client, batch)["bytes"] == 0
    item, failed = list_items(client, batch)
    assert item["rows"][0]["crop"] is None and item["thumbnail"] is None
    assert failed["state"] == "failed" and not failed["has_picture"]
    service = client.app.state.numerals.batches
    deadline = time.monotonic() + 30
    while list((service.files.folder / batch).iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not list((service.files.folder / batch).iterdir())


def _end(_):
    os._exit(3)


def _sleep(seconds):
    time.sleep(seconds)


def test_a_process_that_ends_or_hangs_is_replaced():
    process = WorkerProcess()
    try:
        with pytest.raises(WorkerCrashError):
            process.run(_end, None, 120)
        with pytest.raises(WorkerTimeoutError):
            process.run(_sleep, 300, 1)
        assert process.run(len, "abc", 120) == 3
    finally:
        process.kill()
        process.close()
    assert read_pages.__module__ == "numerals.web.batches.page_reading"  # it can be pickled
