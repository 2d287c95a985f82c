"""Measure "Look inside" of the page: frame rate while drawing, and updates of the maps.

Start the service first, on an otherwise idle machine. The panel runs the digit model in a thread of
the browser. For comparison, the time of the same model in the service is printed.

::

    numerals serve
    python benchmarks/thinking.py
    python benchmarks/thinking.py --address http://127.0.0.1:8000 --seconds 10
"""

import argparse
import statistics
import time

import numpy as np
from chromium import run_chromium
from playwright.sync_api import CDPSession, Page
from timing import machine

from numerals.models import load_model
from numerals.synthesis.font_glyphs import load_font_glyphs
from page import FRAME_MS, measure_frames

COUNT_UPDATES = """() => {
  window.updates = 0;
  const put = CanvasRenderingContext2D.prototype.putImageData;
  const first = document.querySelector(".map-grid");
  CanvasRenderingContext2D.prototype.putImageData = function (...given) {
    if (this.canvas === first) window.updates += 1;
    return put.apply(this, given);
  };
}"""
TIME_NETWORK = """async ({images, repeats}) => {
  const {Ensemble} = await import("/static/js/draw/inside/network.js");
  const {findChange} = await import("/static/js/draw/inside/changes.js");
  const model = new Ensemble(await (await fetch("v1/layers")).json());
  const times = {forward: [], contrast: [], change: []};
  const timed = async (name, work) => {
    const started = performance.now();
    const result = await work();
    times[name].push(performance.now() - started);
    return result;
  };
  for (let turn = 0; turn < repeats; turn += 1) {
    for (const image of images.map((rows) => Uint8Array.from(rows))) {
      const state = await timed("forward", () => model.forward(image));
      const order = [...state.probabilities.keys()].sort(
        (a, b) => state.probabilities[b] - state.probabilities[a]);
      await timed("contrast", () => model.contrast(state, order[0], order[1]));
    }
  }
  for (const rows of images) {
    const image = Uint8Array.from(rows);
    const digits = model.forward(image).probabilities.subarray(0, 10);
    const order = [...digits.keys()].sort((a, b) => digits[b] - digits[a]);
    await timed("change", () => findChange(model, image, order[1], async () => false));
  }
  return times;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    with run_chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{options.address}/#draw")
        page.wait_for_selector("body[data-ready=draw]")
        page.get_by_role("radio", name="One digit").check()
        print(f"{machine()}; Chromium {browser.version}")
        print("panel closed:", describe_drawing(page, options.seconds)[0])
        open_panel(page)
        text, seconds = describe_drawing(page, options.seconds)
        updates = page.evaluate("() => window.updates") / seconds
        print(f"panel open:   {text}; {updates:.1f} updates of all maps per second")
        page.keyboard.press("Escape")
        time_network(page)


def open_panel(page: Page) -> None:
    """Open the panel, draw until its maps are shown, and count their updates from then on."""
    page.get_by_role("button", name="Look inside").click()
    page.wait_for_selector("#inside-body p")
    measure_frames(page, 1.0)
    page.wait_for_selector(".map-grid")
    page.evaluate(COUNT_UPDATES)


def describe_drawing(page: Page, seconds: float) -> tuple[str, float]:
    """Draw; return a description of the frames, and their time in seconds."""
    session = page.context.new_cdp_session(page)
    # Processor time does not depend on what else the machine does.
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = busy_seconds(session)
    intervals = measure_frames(page, seconds)
    busy = 1000 * (busy_seconds(session) - before) / len(intervals)
    session.detach()
    n_late = sum(interval > 1.5 * FRAME_MS for interval in intervals)
    text = (
        f"{1000 * len(intervals) / sum(intervals):.1f} frames per second while drawing, {n_late} of"
        f" {len(intervals)} frames late, max {max(intervals):.1f} ms; main thread busy for"
        f" {busy:.1f} ms per frame"
    )
    return text, sum(intervals) / 1000


def busy_seconds(session: CDPSession) -> float:
    """Return the processor time that the page's main thread has spent on tasks, seconds."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(each["value"] for each in metrics if each["name"] == "TaskDuration")


def time_network(page: Page) -> None:
    """Print the times of the model in the browser and in the service's runtime."""
    glyphs, characters = load_font_glyphs()
    images = np.stack([glyphs[40, characters.index(c)] for c in "0123456789"])
    asked = {"images": images.reshape(len(images), -1).tolist(), "repeats": 20}
    names = {
        "forward": "all layers forwards",
        "contrast": "backwards to the pixels",
        "change": "search for a change of the answer",
    }
    for name, times in page.evaluate(TIME_NETWORK, asked).items():
        print(f"browser, {names[name]}: median {statistics.median(times):.1f} ms")
    model = load_model()
    times = []
    for _ in range(20):
        for image in images:
            started = time.perf_counter()
            model.predict_proba(image[None])
            times.append(1000 * (time.perf_counter() - started))
    print(f"onnxruntime, all layers forwards: median {statistics.median(times):.2f} ms")


if __name__ == "__main__":
    main()
