"""Measure what the Check view costs per number: the time from Enter until the next one is ready.

A number is ready when its crop is decoded and painted, its input has the focus, and its page is
placed. Typing and looking are left out. Start the service first, on an otherwise idle machine; the
script adds the numbers as a batch, and deletes it at the end.

::

    numerals serve
    python benchmarks/review.py
    python benchmarks/review.py --numbers 100 --correct 0.3
"""

import argparse
import random
import statistics
import time

import cv2
import numpy as np
from chromium import run_chromium
from playwright.sync_api import Page
from timing import machine

from numerals.synthesis.font_glyphs import load_font_glyphs

LINES_PER_PAGE = 10
# Resolves to the milliseconds from the key press to the paint of the next number.
ANSWER = """async () => {
  const input = document.querySelector(".review-text");
  const crop = document.querySelector(".check-crop");
  const before = crop.dataset.address;
  const started = performance.now();
  input.form.requestSubmit();
  const isReady = () => crop.dataset.address !== before && crop.src && crop.complete
    && document.activeElement === input;
  while (!isReady()) await new Promise((resolve) => setTimeout(resolve, 1));
  await crop.decode();
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - started;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--numbers", type=int, default=100)
    parser.add_argument("--correct", type=float, default=0.3, help="share of corrected numbers")
    options = parser.parse_args()
    with run_chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_init_script(
            "localStorage.setItem('numerals.review-show', 'all');"
            "localStorage.setItem('numerals.review-mode', 'single');"
        )
        page = context.new_page()
        batch = make_batch(page, options.address, options.numbers)
        page.goto(f"{options.address}/#review/{batch}")
        page.wait_for_selector("body[data-ready=review]")
        page.wait_for_timeout(1000)
        before = count_waiting(page, options.address, batch)
        costs, elapsed = review(page, options.numbers, options.correct)
        n_stored = 0
        for _ in range(100):
            n_stored = before - count_waiting(page, options.address, batch)
            if n_stored == options.numbers:
                break
            page.wait_for_timeout(100)
        assert n_stored == options.numbers, f"{n_stored} answers are stored"
        page.request.delete(f"{options.address}/v1/batches/{batch}")
        print(f"{machine()}; Chromium {browser.version}")
        ranked = sorted(costs)
        print(
            f"interface per number: median {statistics.median(costs):.0f} ms, mean "
            f"{statistics.mean(costs):.0f}, 95th percentile {ranked[int(0.95 * len(ranked))]:.0f}, "
            f"max {ranked[-1]:.0f} ({len(costs)} numbers, {elapsed:.1f} s with the script's typing)"
        )


def make_batch(page: Page, address: str, n_numbers: int) -> str:
    """Upload pages of composed numbers, and wait until they are read; return the batch's id."""
    batch = page.request.post(f"{address}/v1/batches", data={"name": "Benchmark"}).json()["id"]
    n_pages = -(-n_numbers // LINES_PER_PAGE) + 2  # some more, because lines may be missed
    for at in range(n_pages):
        content = cv2.imencode(".png", compose_page(at))[1].tobytes()
        file = {"name": f"{at}.png", "mimeType": "image/png", "buffer": content}
        page.request.post(f"{address}/v1/batches/{batch}/items", multipart={"files": file})
    while page.request.get(f"{address}/v1/batches/{batch}").json()["state"] != "done":
        time.sleep(0.5)
    return str(batch)


def count_waiting(page: Page, address: str, batch: str) -> int:
    """Return how many numbers of a batch nobody has answered."""
    answer = page.request.get(f"{address}/v1/review?limit=1&batch={batch}")
    return int(answer.json()["waiting"])


def compose_page(seed: int) -> np.ndarray:
    """Return a page of 2480 by 3508 pixels, A4 at 300 dpi, with numbers in rows."""
    rng = random.Random(seed)
    glyphs, characters = load_font_glyphs()
    page = np.full((3508, 2480), 250, np.uint8)
    for row in range(LINES_PER_PAGE):
        font = rng.randrange(len(glyphs))
        for at, digit in enumerate(str(rng.randrange(100, 99_999))):
            glyph = cv2.resize(glyphs[font][characters.index(digit)].reshape(28, 28), (90, 90))
            y, x = 200 + 310 * row, 300 + 85 * at
            page[y : y + 90, x : x + 90] = np.minimum(page[y : y + 90, x : x + 90], 255 - glyph)
    return page


def review(page: Page, n_numbers: int, corrected: float) -> tuple[list[float], float]:
    """Answer numbers; return the milliseconds that each one cost, and all seconds."""
    rng, costs, started = random.Random(0), [], time.perf_counter()
    field = page.locator(".review-text")
    for _ in range(n_numbers):
        if field.input_value() == "" or rng.random() < corrected:
            page.keyboard.type(str(rng.randrange(1000)))
        costs.append(page.evaluate(ANSWER))
    return costs, time.perf_counter() - started


if __name__ == "__main__":
    main()
