"""What goes wrong in a thread fails one request; the service goes on answering others."""

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


def end_at_once():
    os._exit(9)


def break_a_process():
    with ProcessPoolExecutor(1) as pool:
        pool.submit(end_at_once).result()


def recurse():
    return recurse()


def leave():
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
        (out_of_memory, 503, "not enough memory"),
        (recurse, 422, "nested too deeply"),
        (leave, 500, "SystemExit"),
        (interrupt, 500, "KeyboardInterrupt"),
        (stop_iteration, 500, "StopIteration"),
        (fail_in_a_library, 500, "error"),
        (Path("/nowhere/at all").stat, 500, "FileNotFoundError"),
    ],
)
def test_one_request_fails_clearly(serve, monkeypatch, picture, fail, status, message):
    client = serve(n_threads=1, n_waiting=0, store=None)
    with monkeypatch.context() as patch:
        patch.setattr(Reader, "read_picture", lambda *_: fail())
        for _ in range(3):
            answer = client.post("/v1/read", content=picture)
            told = failure_of(answer, status)
            assert message in told
            assert "Traceback" not in told and "/nowhere" not in told
            assert ("retry-after" in answer.headers) == (status == 503)
            assert client.post("/v1/digits", json=BODY).is_success
    assert client.post("/v1/read", content=picture).json()["pages"][0]["text"] == "417"


def test_a_process_that_was_killed_fails_one_request(serve, monkeypatch, picture):
    with pytest.raises(BrokenProcessPool):
        break_a_process()
    client = serve(n_threads=1, n_waiting=0, store=None)
    with monkeypatch.context() as patch:
        patch.setattr(Reader, "read_picture", lambda *_: break_a_process())
        assert "was ended" in failure_of(client.post("/v1/read", content=picture), 503)
    assert client.post("/v1/read", content=picture).is_success


def test_errors_of_ours_are_told_as_they_are(serve, monkeypatch, picture):
    def fail(*_):
        raise ImageError("page 3: torn")

    monkeypatch.setattr(Reader, "read_picture", fail)
    client = serve(store=None)
    assert failure_of(client.post("/v1/read", content=picture), 415) == "page 3: torn"


def test_no_thread_is_to_be_had(serve, monkeypatch):
    client = serve(store=None)

    def refuse(*_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(client.app.state.numerals.queue._pool, "submit", refuse)
        assert "no thread can be had" in failure_of(client.post("/v1/digits", json=BODY), 503)
    assert client.post("/v1/digits", json=BODY).is_success


def test_a_queue_says_whether_all_ended(monkeypatch):
    import threading

    allowed, queue = threading.Event(), WorkQueue(1, 0, 60)
    assert not queue.is_working
    running = queue.submit(lambda: allowed.wait(60))
    assert queue.is_working
    assert not queue.close(0.05)
    allowed.set()
    assert running.result(60) and queue.close(60)
