"""The page in a real browser: from the pen's lifting to the answer, and frames while one draws.

Start the service first; nothing else should keep the machine busy.

::

    numerals serve
    python benchmarks/page.py
    python benchmarks/page.py --address http://127.0.0.1:8000 --digits 100 --seconds 10
"""

import argparse
import os
import shutil
import statistics
import time
from itertools import pairwise
from math import cos, pi, sin

from playwright.sync_api import Page, sync_playwright
from timing import machine

SEVEN = [(0.2, 0.2), (0.8, 0.2), (0.6, 0.5), (0.45, 0.85)]
FRAME = 1000 / 60  # ms

# The answer that counts is the first that was asked for after the pen was lifted.
WATCH = """() => {
  window.lifted = 0;
  window.shown = [];
  const pad = document.getElementById("pad");
  pad.addEventListener("pointerup", () => { window.lifted = performance.now(); }, true);
  const note = () => window.shown.push(performance.now());
  new MutationObserver(note).observe(document.getElementById("draw-answer"), {childList: true});
}"""
TOOK = """() => {
  const asked = performance.getEntriesByType("resource").find(
    ({name, startTime}) => name.includes("/v1/digits") && startTime >= window.lifted - 1);
  const shown = asked?.responseEnd && window.shown.find((at) => at >= asked.responseEnd);
  return shown ? shown - window.lifted : null;
}"""
COUNT_FRAMES = """() => {
  window.frames = [];
  const note = (at) => { window.frames.push(at); window.counting = requestAnimationFrame(note); };
  window.counting = requestAnimationFrame(note);
}"""
FRAMES = "() => { cancelAnimationFrame(window.counting); return window.frames; }"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--digits", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    chromium = os.environ.get("NUMERALS_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(options.address)
        page.wait_for_selector("body[data-ready=draw]")
        print(f"{machine()}; Chromium {browser.version}")
        answers = time_answers(page, options.digits)
        print(
            f"pen lifted to answer shown: median {statistics.median(answers):.1f} ms,"
            f" least {min(answers):.1f}, most {max(answers):.1f} ({len(answers)} digits)"
        )
        intervals = time_frames(page, options.seconds)
        late = sum(interval > 1.5 * FRAME for interval in intervals)
        print(
            f"while drawing: {1000 * len(intervals) / sum(intervals):.1f} frames a second,"
            f" {late} of {len(intervals)} frames late, longest {max(intervals):.1f} ms"
        )
        browser.close()


def time_answers(page: Page, count: int) -> list[float]:
    """Draw a digit again and again; return the milliseconds to each answer."""
    page.evaluate(WATCH)
    box = page.locator("#pad").bounding_box()
    assert box is not None
    taken = []
    for turn in range(count + 1):
        page.keyboard.press("Escape")
        page.evaluate("() => { performance.clearResourceTimings(); window.shown = []; }")
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
        page.mouse.move(*points[0])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(x, y, steps=3)
        page.mouse.up()
        page.wait_for_function(f"() => ({TOOK})() !== null", timeout=60_000)
        if turn:  # the first one loads the model
            taken.append(page.evaluate(TOOK))
    return taken


def time_frames(page: Page, seconds: float) -> list[float]:
    """Draw loops without a rest; return the milliseconds between frames."""
    box = page.locator("#pad").bounding_box()
    assert box is not None
    page.keyboard.press("Escape")
    page.evaluate(COUNT_FRAMES)
    started, turn = time.perf_counter(), 0.0
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    while time.perf_counter() - started < seconds:
        turn += 0.15
        radius = 0.2 + 0.15 * sin(turn / 9)
        x = box["x"] + box["width"] * (0.5 + radius * cos(turn))
        page.mouse.move(x, box["y"] + box["height"] * (0.5 + radius * sin(turn)))
        if turn > 8 * pi:  # a new stroke now and then, as in writing
            page.mouse.up()
            page.mouse.down()
            turn = 0.0
    page.mouse.up()
    frames = page.evaluate(FRAMES)
    return [after - before for before, after in pairwise(frames)]


if __name__ == "__main__":
    main()
