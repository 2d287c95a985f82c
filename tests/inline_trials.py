"""Trials of comparisons within the process of the tests: each new one imports for seconds."""

import json
from contextlib import contextmanager
from pathlib import Path

import pytest

from numerals.lab import trial


@contextmanager
def inline_trials():
    """Run trials in this process; their times and memory then say nothing."""

    def run(request, stderr):
        wanted = json.loads(request)
        try:
            trial._run(wanted["name"], wanted["settings"], Path(wanted["folder"]), wanted["fit"])
        except Exception as error:
            stderr.write(str(error))
            return 1
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "_run_process", run)
        yield
