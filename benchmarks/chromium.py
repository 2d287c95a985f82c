"""Chromium for the benchmarks of the page: NUMERALS_CHROMIUM, or the one that is on PATH."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright


@contextmanager
def run_chromium() -> Iterator[Browser]:
    """Start Chromium; it ends with the block. Its sandbox does not start as root."""
    path = os.environ.get("NUMERALS_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
