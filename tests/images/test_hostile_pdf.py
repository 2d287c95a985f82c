"""PDF files that need too much time or memory raise an error, without effect on other work."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

import hostile_pdfs as pdfs
from numerals.errors import ImageError, ImageTooLargeError
from numerals.images import load_picture, load_pictures, pdf_process
from numerals.images.limits import MIB

HOSTILE = {
    "nested forms": pdfs.nested_forms,
    "a form that draws itself": pdfs.form_that_draws_itself,
    "tiling patterns": pdfs.tiling_patterns,
    "soft masks": pdfs.soft_masks,
    "shadings": pdfs.shadings,
    "a million fills": pdfs.many_fills,
    "an image drawn 500 times": pdfs.images_drawn_often,
}


@pytest.fixture
def impatient(monkeypatch):
    """Set small limits, so that the tests are fast."""
    monkeypatch.setattr(pdf_process.PDF_LIMITS, "seconds", 0.15)
    monkeypatch.setattr(pdf_process.PDF_LIMITS, "memory", 200 * MIB)


@pytest.fixture
def pdf(drawing, encode) -> bytes:
    return encode(drawing, "PDF", save_all=True, append_images=[Image.new("L", (9, 9))])


def run_ps(*options: str) -> str:
    return subprocess.run(["ps", *options], capture_output=True, text=True).stdout


def children() -> list[int]:
    """Return the rendering child processes of this process, including zombies."""
    rows = [
        row.split(maxsplit=2) for row in run_ps("-A", "-ww", "-o", "pid=,ppid=,args=").splitlines()
    ]
    mine = [(pid, args) for pid, parent, args in rows if parent == str(os.getpid())]
    return [int(pid) for pid, args in mine if "pdf_child" in args or "defunct" in args]


def kill_children() -> None:
    for pid in children():
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("kind", HOSTILE)
def test_slow_page_raises_within_the_time_limit(kind, impatient):
    with pytest.raises(ImageTooLargeError, match=r"<bytes>: takes .* allowed to render; print it"):
        load_picture(HOSTILE[kind](), max_side=2000)


def test_wall_clock_limit_ends_a_stopped_process(monkeypatch):
    monkeypatch.setattr(pdf_process.PDF_LIMITS, "wall_seconds", 0.5)
    began = time.monotonic()
    with pytest.raises(ImageTooLargeError, match="takes longer than"):
        load_picture(pdfs.soft_masks())
    assert time.monotonic() - began < 5


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(pdf_process.PDF_LIMITS, "memory", 100 * MIB)
    with pytest.raises(ImageTooLargeError, match="takes more than the 100 MiB of memory"):
        load_picture(pdfs.form_that_draws_itself())


@pytest.mark.skipif(sys.platform == "win32", reason="ps")
def test_killed_process_raises_an_error_that_names_the_page(pdf):
    pages = load_pictures(pdf)
    next(pages)
    kill_children()
    with pytest.raises(ImageError, match="page 2 of 2: cannot be rendered: PDFium failed"):
        next(pages)


@pytest.mark.skipif(sys.platform == "win32", reason="ps")
def test_pages_after_a_killed_process_are_rendered_by_another(drawing, encode):
    pages = encode(drawing, "PDF", save_all=True, append_images=[Image.new("L", (9, 9))] * 2)
    errors: list[ImageError] = []
    found = load_pictures(pages, on_error=errors.append)
    assert next(found).number == 1
    kill_children()
    assert [picture.number for picture in found] == [3]
    assert [error.page for error in errors] == [2]
    assert children() == []


def test_other_threads_are_not_blocked(pdf, impatient):
    bad = pdfs.soft_masks()
    with ThreadPoolExecutor(4) as pool:
        failing = [pool.submit(load_picture, bad) for _ in range(2)]
        good = [pool.submit(load_picture, pdf, resolution=72) for _ in range(6)]
        assert {picture.result().width for picture in good} == {96}
        for job in failing:
            with pytest.raises(ImageTooLargeError):
                job.result()


@pytest.mark.skipif(sys.platform == "win32", reason="ps")
def test_no_process_remains(pdf, impatient):
    pages = load_pictures(pdf)
    next(pages)
    assert len(children()) == 1
    pages.close()
    assert children() == []
    for data in (pdf, pdf[:100], pdfs.soft_masks()):
        try:
            list(load_pictures(data))
        except ImageError:
            pass
    assert children() == []
    timers = [each for each in threading.enumerate() if isinstance(each, threading.Timer)]
    assert all(timer.finished.is_set() for timer in timers)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_the_process_ends_with_its_parent(sent, tmp_path):
    path = tmp_path / "bad.pdf"
    path.write_bytes(pdfs.soft_masks())
    code = (
        "import sys, threading; from numerals.images import load_picture, pdf_process as p; "
        "start = p._start; "
        "p._start = lambda *a: (lambda c: (print(c.pid, flush=True), c)[1])(start(*a)); "
        f"load_picture({str(path)!r})"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(sent)
    parent.wait(10)
    parent.stdout.close()
    for _ in range(100):
        if not is_running(child):
            break
        time.sleep(0.02)
    assert not is_running(child)


def is_running(pid: int) -> bool:
    state = run_ps("-o", "stat=", "-p", str(pid)).strip()
    return state != "" and not state.startswith("Z")


def test_process_imports_nothing_from_the_current_folder(pdf, tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    (tmp_path / "pypdfium2.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    assert load_picture(pdf, resolution=72).width == 96


def test_process_that_cannot_start_raises(pdf, monkeypatch):
    monkeypatch.setattr("multiprocessing.spawn.get_executable", lambda: "/no/such/python")
    with pytest.raises(ImageError, match=r"<bytes>: cannot be rendered: .* did not start"):
        load_picture(pdf)


def test_inconsistent_answer_is_refused(pdf, monkeypatch):
    process = pdf_process.PdfProcess(pdf)
    monkeypatch.setattr(
        process, "_converse", lambda _: {"width": 9, "height": 9, "stride": 1, "channels": 1}
    )
    with pytest.raises(ImageError, match="PDFium answered"):
        process.draw(1.0, color=False)
    process.close()


def test_row_padding_is_removed(encode):
    noise = np.random.default_rng(0).integers(0, 256, (31, 33), np.uint8)
    picture = load_picture(encode(noise, "PDF", resolution=72, quality=100), resolution=72)
    np.testing.assert_allclose(picture.pixels.astype(int), noise, atol=12)
