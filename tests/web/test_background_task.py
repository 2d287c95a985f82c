"""The thread beside the requests: it begins once, ends at its next step, and shows as work."""

import logging
import threading

import pytest

pytest.importorskip("fastapi", reason="needs numerals[web]")
pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from numerals.web import Settings, create_app
from numerals.web.background_task import BackgroundTask
from numerals.web.work_queue import WorkFailedError, _translate


class Work:
    """Work of steps that a test lets go on."""

    def __init__(self):
        self.begun, self.goes_on, self.done = threading.Event(), threading.Event(), []

    def __call__(self, check):
        self.begun.set()
        self.goes_on.wait(30)
        check()
        self.done.append(True)


def end(background):
    background._thread.join(30)
    assert not background.is_working


def test_it_begins_once_and_goes_on_to_its_end():
    background, work = BackgroundTask(), Work()
    assert not background.is_working
    background.start_once(work, "first")
    background.start_once(lambda check: work.done.append("second"), "second")
    assert background.is_working
    work.goes_on.set()
    end(background)
    assert work.done == [True]


def test_it_ends_at_its_next_step_once_it_is_closed():
    background, work = BackgroundTask(), Work()
    background.start_once(work, "work")
    work.begun.wait(30)
    background.close()
    work.goes_on.set()
    end(background)
    assert work.done == []
    background.start_once(work, "later")
    end(background)


def test_a_service_whose_thread_works_is_not_idle():
    state, work = create_app(Settings()).state.numerals, Work()
    assert state.is_idle()
    state.warming.start_once(work, "work")
    assert not state.is_idle()  # the process is ended without Python's own end
    work.goes_on.set()
    end(state.warming)
    assert state.is_idle()


def test_what_is_logged_only_shows_on_a_terminal(caplog):
    def fail():
        raise RuntimeError("\x1b[2J")

    with caplog.at_level(logging.ERROR, "numerals.web"), pytest.raises(WorkFailedError):
        _translate(fail)
    assert "\\x1b[2J" in caplog.text and "\x1b" not in caplog.text
    assert "Traceback" in caplog.text and caplog.text.count("\n") > 3
