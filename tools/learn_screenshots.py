"""Make the screenshots of Learn in docs/images.

The active model is the shipped one with a bias against 7, and the training is short, so that there
is something to see after seconds; the tests of Learn use the same::

    python tools/learn_screenshots.py docs/images
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser
from screenshots import PHONE, open_view, run_chromium, save

TESTS = Path(__file__).parents[1] / "tests"
PORT = 8399
TIMEOUT = 600_000  # ms


def main() -> None:
    """Store reviewed lines, serve, train, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    sys.path[:0] = [str(TESTS), str(TESTS / "web")]
    from served import wait_until_up
    from trainable import make_trainable

    from conftest import draw_number

    with tempfile.TemporaryDirectory() as name, run_chromium() as browser:
        home = Path(name)
        os.environ |= {"NUMERALS_HOME": name, "NUMERALS_DATA": str(home / "data")}
        url = f"sqlite:///{home / 'store.db'}"
        make_trainable(home, url, draw_number)
        script = str(TESTS / "web" / "browser" / "training_server.py")
        server = subprocess.Popen([sys.executable, script, str(PORT), url, "seconds"])
        try:
            wait_until_up(f"http://127.0.0.1:{PORT}", server, Path(os.devnull))
            take_pictures(browser, folder)
        finally:
            server.terminate()
            server.wait(60)


def take_pictures(browser: Browser, folder: Path) -> None:
    """Train in the page; save it while it trains, on a phone, and afterwards."""
    address = f"http://127.0.0.1:{PORT}"
    phone = open_view(browser, address, "learn", PHONE, "dark")
    phone.get_by_role("button", name="Train").click()
    phone.get_by_text("Training with").wait_for(timeout=TIMEOUT)
    phone.wait_for_timeout(4000)
    save(phone, folder / "page-learn-phone.webp")
    page = open_view(browser, address, "learn", (1280, 1000), "light")
    page.get_by_role("heading", name="Before and after").wait_for(timeout=TIMEOUT)
    page.wait_for_timeout(1500)
    page.evaluate("() => window.scrollTo(0, 200)")
    save(page, folder / "page-learn.webp", quality=65)


if __name__ == "__main__":
    main()
