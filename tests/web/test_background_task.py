"""The background task: it starts once, stops at its next step, and counts as work."""

import logging
import threading

import pytest

pytest.importorskip("fastapi", reason="needs numerals[web]")
pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from numerals.web import Settings, create_app
from numerals.web.background_task import BackgroundTask
from numerals.web.work_queue import WorkFailedError, _call_translating_errors


class Work:
    """Work that waits until the test lets it continue."""

    def __init__(self):
        self.has_started, self.may_continue, self.done = threading.Event(), threading.Event(), []

    def __call__(self, check):
        self.has_started.set()
        self.may_continue.wait(30)
        check()
        self.done.append(True)


def wait_for_end(task):
    task._thread.join(30)
    assert not task.is_working


def test_task_starts_only_once_and_completes():
    task, work = BackgroundTask(), Work()
    assert not task.is_working
    task.start_once(work, "first")
    task.start_once(lambda check: work.done.append("second"), "second")
    assert task.is_working
    work.may_continue.set()
    wait_for_end(task)
    assert work.done == [True]


def test_cancelled_task_stops_at_its_next_step():
    task, work = BackgroundTask(), Work()
    task.start_once(work, "work")
    work.has_started.wait(30)
    task.cancel()
    work.may_continue.set()
    wait_for_end(task)
    assert work.done == []
    task.start_once(work, "later")
    wait_for_end(task)


def test_service_with_a_working_task_is_not_idle():
    state, work = create_app(Settings()).state.numerals, Work()
    assert state.is_idle()
    state.preload_task.start_once(work, "work")
    assert not state.is_idle()  # so the process exits without interpreter shutdown
    work.may_continue.set()
    wait_for_end(state.preload_task)
    assert state.is_idle()


def test_logged_errors_are_printable(caplog):
    def fail():
        raise RuntimeError("\x1b[2J")

    with caplog.at_level(logging.ERROR, "numerals.web"), pytest.raises(WorkFailedError):
        _call_translating_errors(fail)
    assert "\\x1b[2J" in caplog.text and "\x1b" not in caplog.text
    assert "Traceback" in caplog.text and caplog.text.count("\n") > 3
