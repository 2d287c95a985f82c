"""An error in a worker thread fails one request; the service goes on handling others."""

import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import cv2
import numpy as np
import pytest
from served import digit_rows, failure_of

from numerals.errors import ImageError
from numerals.reading import Reader
from numerals.web.work_queue import WorkQueue

BODY = {"images": digit_rows("7")}


def exit_at_once():
    os._exit(9)


def kill_worker_process():
    with ProcessPoolExecutor(1) as pool:
        pool.submit(exit_at_once).result()


def recurse():
    return recurse()


def exit_program():
    raise SystemExit(1)


def fail_in_a_library():
    cv2.cvtColor(np.zeros((0, 0), np.uint8), cv2.COLOR_BGR2GRAY)


def stop_iteration():
    return next(iter(()))


def interrupt():
    raise KeyboardInterrupt


def out_of_memory():
    return np.zeros(2**60, np.uint8)


@pytest.mark.parametrize(
    ("fail", "status", "message"),
    [
        (out_of_memory, 503, "out of memory"),
        (recurse, 422, "nested too deeply"),
        (exit_program, 500, "SystemExit"),
        (interrupt, 500, "KeyboardInterrupt"),
        (stop_iteration, 500, "StopIteration"),
        (fail_in_a_library, 500, "error"),
        (Path("/nowhere/at all").stat, 500, "FileNotFoundError"),
    ],
)
def test_exception_fails_only_its_request(serve, monkeypatch, picture, fail, status, message):
    client = serve(n_threads=1, max_waiting=0, store=None)
    with monkeypatch.context() as patch:
        patch.setattr(Reader, "read_picture", lambda *_: fail())
        for _ in range(3):
            answer = client.post("/v1/read", content=picture)
            error = failure_of(answer, status)
            assert message in error
            assert "Traceback" not in error and "/nowhere" not in error
            assert ("retry-after" in answer.headers) == (status == 503)
            assert client.post("/v1/digits", json=BODY).is_success
    assert client.post("/v1/read", content=picture).json()["pages"][0]["text"] == "417"


def test_killed_worker_process_fails_only_its_request(serve, monkeypatch, picture):
    with pytest.raises(BrokenProcessPool):
        kill_worker_process()
    client = serve(n_threads=1, max_waiting=0, store=None)
    with monkeypatch.context() as patch:
        patch.setattr(Reader, "read_picture", lambda *_: kill_worker_process())
        assert "worker process of this request ended" in failure_of(
            client.post("/v1/read", content=picture), 503
        )
    assert client.post("/v1/read", content=picture).is_success


def test_numerals_errors_are_reported_unchanged(serve, monkeypatch, picture):
    def fail(*_):
        raise ImageError("page 3: torn")

    monkeypatch.setattr(Reader, "read_picture", fail)
    client = serve(store=None)
    assert failure_of(client.post("/v1/read", content=picture), 415) == "page 3: torn"


def test_request_fails_if_no_thread_can_start(serve, monkeypatch):
    client = serve(store=None)

    def refuse(*_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(client.app.state.numerals.read_queue._pool, "submit", refuse)
        assert "cannot start a thread" in failure_of(client.post("/v1/digits", json=BODY), 503)
    assert client.post("/v1/digits", json=BODY).is_success


def test_close_returns_whether_all_work_ended(monkeypatch):
    import threading

    allowed, queue = threading.Event(), WorkQueue(1, 0, 60)
    assert not queue.is_working
    running = queue.submit(lambda: allowed.wait(60))
    assert queue.is_working
    assert not queue.close(0.05)
    allowed.set()
    assert running.result(60) and queue.close(60)
