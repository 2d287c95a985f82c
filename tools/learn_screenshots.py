"""Make the screenshots of Learn in docs/images: reviewed lines of one hand, and a short training.

The numbers are drawn with a font, slanted back, that no recipe was trained on. The training has
real data sets and the shipped model, but fewer rounds than usual, so that it takes minutes::

    NUMERALS_DATA=... python tools/learn_screenshots.py docs/images
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Playwright, sync_playwright
from screenshots import PHONE, open_view, save

ROOT = Path(__file__).parents[1]
PORT = 8399
SHORT = {
    "epochs": 3,
    "n_composed": 240,
    "correction_share": 2.0,
    "max_real": 100,
    "n_held_out": 100,
}
SERVE = f"""
from numerals.cli.serve import _run
from numerals.store.urls import default_url
from numerals.training.finetuning import FinetuningSettings
from numerals.web import Settings
_run(Settings(store=default_url(), finetuning=FinetuningSettings(**{SHORT})), "127.0.0.1", {PORT})
"""


def store_reviewed_lines(n_lines: int = 66) -> None:
    """Read slanted numbers with the active model, and store them with the correct answers."""
    from conftest import draw_number
    from corrected_lines import store_lines
    from numerals.reading import Reader, ReadOptions
    from numerals.store import open_store

    def draw(text: str, **options: int) -> np.ndarray:
        picture = draw_number(text, gap=4, font=5, **options)
        height, width = picture.shape
        slant = np.array([[1, 0.42, 0], [0, 1, 0]])
        size = (width + round(0.42 * height), height)
        return cv2.warpAffine(picture, slant, size, borderValue=245, flags=cv2.INTER_AREA)

    rng = np.random.default_rng(3)
    reader = Reader(ReadOptions(layout="field"))
    truths = [str(rng.integers(10, 10 ** int(rng.integers(3, 8)))) for _ in range(n_lines)]
    pairs = [(reader.read(draw(truth, margin=24)).text or "1", truth) for truth in truths]
    store = open_store()
    store_lines(draw, store, pairs, source="sheet")
    store.close()


def main() -> None:
    """Store lines, serve, train, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "web")]
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        os.environ["NUMERALS_HOME"] = home
        store_reviewed_lines()
        server = subprocess.Popen([sys.executable, "-c", SERVE])
        try:
            wait_until_up(server)
            take_pictures(playwright, folder)
        finally:
            server.terminate()
            server.wait(60)


def wait_until_up(server: "subprocess.Popen[bytes]") -> None:
    """Wait until the service responds."""
    from served import wait_until_up as wait

    wait(f"http://127.0.0.1:{PORT}", server, Path(os.devnull))


def take_pictures(playwright: Playwright, folder: Path) -> None:
    """Train in the page, and save it while it trains and afterwards."""
    path = os.environ.get("NUMERALS_CHROMIUM") or shutil.which("chromium")
    browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    address = f"http://127.0.0.1:{PORT}"
    phone = open_view(browser, address, "learn", PHONE, "dark")
    phone.get_by_role("button", name="Train").click()
    phone.get_by_text("Learning:").wait_for(timeout=600_000)
    save(phone, folder / "page-learn-phone.webp")
    page = open_view(browser, address, "learn", (1280, 1000), "light")
    page.get_by_role("heading", name="Before and after").wait_for(timeout=1_200_000)
    page.wait_for_timeout(1500)
    page.locator("#learn-result").evaluate("place => place.scrollIntoView()")
    save(page, folder / "page-learn.webp")
    browser.close()


if __name__ == "__main__":
    main()
