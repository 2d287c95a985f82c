"""Measure the table of a large batch in a browser: time to open it, frame rate while scrolling.

Start the service first, on an otherwise idle machine. Without ``--batch``, a batch of small
pictures of one number each is uploaded and read.

::

    numerals serve
    python benchmarks/batch_table.py --files 5000
    python benchmarks/batch_table.py --batch 3 --seconds 10
"""

import argparse
import io
import statistics
import time
from itertools import pairwise

import numpy as np
from chromium import run_chromium
from PIL import Image
from playwright.sync_api import APIRequestContext, CDPSession, Page
from timing import machine

from numerals.synthesis.font_glyphs import load_font_glyphs

FRAME_MS = 1000 / 60
N_DIGITS = 3  # of each number
GROUP = 20  # files in one request

COUNT_FRAMES = """() => {
  window.frames = [];
  const note = (at) => { window.frames.push(at); window.counting = requestAnimationFrame(note); };
  window.counting = requestAnimationFrame(note);
}"""
FRAMES = "() => { cancelAnimationFrame(window.counting); return window.frames; }"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--batch", help="id of a batch that exists")
    parser.add_argument("--files", type=int, default=5000, help="files of a new batch")
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    with run_chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        batch = options.batch or make_batch(page.request, options.address, options.files)
        state = page.request.get(f"{options.address}/v1/batches/{batch}").json()
        print(f"{machine()}; Chromium {browser.version}; {state['files']} files")
        print(f"opened in {1000 * open_batch(page, options.address, batch):.0f} ms")
        for name, measure in (("wheel", turn_wheel), ("J held", hold_key), ("jumps", jump)):
            report(name, *measure_frames(page, measure, options.seconds))


def make_batch(request: APIRequestContext, address: str, n_files: int) -> str:
    """Upload pictures of numbers, wait until they are read, and return the batch's id."""
    settings = {"name": f"{n_files} numbers", "options": {"layout": "field"}}
    batch = str(request.post(f"{address}/v1/batches", data=settings).json()["id"])
    rng = np.random.default_rng(0)
    boundary = "numbers"
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    for first in range(0, n_files, GROUP):
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; '
            f'filename="number-{at:05d}.png"\r\n\r\n'.encode()
            + draw_number(rng)
            + b"\r\n"
            for at in range(first, min(first + GROUP, n_files))
        ]
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        answer = request.post(f"{address}/v1/batches/{batch}/items", data=body, headers=headers)
        assert answer.ok, answer.text()
    while request.get(f"{address}/v1/batches/{batch}").json()["state"] != "done":
        time.sleep(2)
    return batch


def draw_number(rng: np.random.Generator) -> bytes:
    """Return a picture of a number, PNG."""
    glyphs, characters = load_font_glyphs()
    font = int(rng.integers(len(glyphs)))
    digits = [characters.index(str(d)) for d in rng.integers(10, size=N_DIGITS)]
    ink = np.pad(np.hstack([glyphs[font, digit] for digit in digits]), 12)
    stream = io.BytesIO()
    Image.fromarray(255 - ink).resize((2 * ink.shape[1], 2 * ink.shape[0])).save(stream, "PNG")
    return stream.getvalue()


def open_batch(page: Page, address: str, batch: str) -> float:
    """Open the batch; return the seconds until its first rows are shown."""
    page.goto(f"{address}/#home")
    page.wait_for_selector("body[data-ready=home]")
    started = time.perf_counter()
    page.evaluate("(id) => { location.hash = `#batch/${id}`; }", batch)
    page.wait_for_selector(".table-body .number")
    return time.perf_counter() - started


def measure_frames(page: Page, act, seconds: float) -> tuple[list[float], float]:
    """Repeat an action; return the milliseconds between frames, and those of work in total."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.locator(".batch-table").hover(position={"x": 400, "y": 200})
    page.locator(".batch-table").focus()
    page.evaluate("() => { document.querySelector('.batch-table').scrollTop = 0; }")
    page.wait_for_timeout(500)
    page.evaluate(COUNT_FRAMES)
    busy_before = busy_seconds(session)
    started, turn = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        act(page, turn)
        turn += 1
    busy = 1000 * (busy_seconds(session) - busy_before)
    frames = page.evaluate(FRAMES)
    return [after - before for before, after in pairwise(frames)], busy


def busy_seconds(session: CDPSession) -> float:
    """Return for how long the main thread of the page has been busy."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def turn_wheel(page: Page, turn: int) -> None:
    page.mouse.wheel(0, 240 if turn % 200 < 150 else -240)


def hold_key(page: Page, turn: int) -> None:
    page.keyboard.press("j")


def jump(page: Page, turn: int) -> None:
    """Drag the scroll bar: each frame shows another part of the table."""
    page.evaluate(
        """(turn) => {
          const table = document.querySelector(".batch-table");
          table.scrollTop = (0.5 + 0.5 * Math.sin(turn / 15)) * table.scrollHeight;
        }""",
        turn,
    )
    page.wait_for_timeout(FRAME_MS)


def report(name: str, intervals: list[float], busy: float) -> None:
    n_late = sum(interval > 1.5 * FRAME_MS for interval in intervals)
    print(
        f"{name}: {1000 * len(intervals) / sum(intervals):.1f} frames per second,"
        f" {n_late} of {len(intervals)} frames late,"
        f" median {statistics.median(intervals):.1f} ms, max {max(intervals):.1f} ms;"
        f" main thread busy {busy / len(intervals):.1f} ms per frame"
    )


if __name__ == "__main__":
    main()
