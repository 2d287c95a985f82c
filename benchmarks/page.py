"""Measure the page in a browser: latency from pen up to the answer, and frame rate while drawing.

Start the service first, on an otherwise idle machine.

::

    numerals serve
    python benchmarks/page.py
    python benchmarks/page.py --address http://127.0.0.1:8000 --digits 100 --seconds 10
"""

import argparse
import statistics
import time
from itertools import pairwise
from math import cos, pi, sin

from chromium import run_chromium
from playwright.sync_api import Page
from timing import machine

SEVEN = [(0.2, 0.2), (0.8, 0.2), (0.6, 0.5), (0.45, 0.85)]
FRAME_MS = 1000 / 60

# The measured answer is the first one requested after the pen was lifted.
WATCH = """() => {
  window.lifted = 0;
  window.shown = [];
  const pad = document.getElementById("pad");
  pad.addEventListener("pointerup", () => { window.lifted = performance.now(); }, true);
  const note = () => window.shown.push(performance.now());
  new MutationObserver(note).observe(document.getElementById("draw-answer"), {childList: true});
}"""
LATENCY = """() => {
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
    with run_chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{options.address}/#draw")
        page.wait_for_selector("body[data-ready=draw]")
        page.get_by_role("radio", name="One digit").check()
        print(f"{machine()}; Chromium {browser.version}")
        latencies = measure_latencies(page, options.digits)
        print(
            f"pen up to answer shown: median {statistics.median(latencies):.1f} ms,"
            f" min {min(latencies):.1f}, max {max(latencies):.1f} ({len(latencies)} digits)"
        )
        intervals = measure_frames(page, options.seconds)
        n_late = sum(interval > 1.5 * FRAME_MS for interval in intervals)
        print(
            f"while drawing: {1000 * len(intervals) / sum(intervals):.1f} frames per second,"
            f" {n_late} of {len(intervals)} frames late, max {max(intervals):.1f} ms"
        )


def measure_latencies(page: Page, count: int) -> list[float]:
    """Draw a digit `count` times; return the milliseconds from pen up to each answer."""
    page.evaluate(WATCH)
    box = page.locator("#pad").bounding_box()
    assert box is not None
    latencies = []
    for turn in range(count + 1):
        page.keyboard.press("Escape")
        page.evaluate("() => { performance.clearResourceTimings(); window.shown = []; }")
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
        page.mouse.move(*points[0])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(x, y, steps=3)
        page.mouse.up()
        page.wait_for_function(f"() => ({LATENCY})() !== null", timeout=60_000)
        if turn:  # the first one loads the model
            latencies.append(page.evaluate(LATENCY))
    return latencies


def measure_frames(page: Page, seconds: float) -> list[float]:
    """Draw loops continuously; return the milliseconds between frames."""
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
