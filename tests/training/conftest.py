"""Fixtures of the training tests."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest


@pytest.fixture
def one_process(monkeypatch):
    """Compose lines in a thread of this process: starting worker processes takes seconds."""
    pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
    from numerals.training import finetune_lines, make_line_model

    @contextmanager
    def pool(n_processes, initializer=None):
        with ThreadPoolExecutor(1) as threads:
            yield threads

    for module in (make_line_model, finetune_lines):
        monkeypatch.setattr(module, "spawn_pool", pool)
