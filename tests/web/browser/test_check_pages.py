"""Check: the page beside a number, of PDF, TIFF and HEIC files, and of pages that are turned."""

import io

import cv2
import numpy as np
import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from page_batches import encoded_png, make_batch
from PIL import Image
from playwright.sync_api import expect
from review_queue import ALL_READINGS, empty_queue

PAGES = {
    "scan.pdf": [(["31984", "2764"], 0), (["1207", "385"], 180), (["9210", "6438"], 90)],
    "scan.tiff": [(["4417", "850"], 0), (["2985", "7093"], 270)],
    "photo.heic": [(["142867", "606"], 0)],
}
"""Numbers on the pages of each file, and the rotation of the page, clockwise."""


@pytest.fixture
def batch(browser, server, draw):
    heif = pytest.importorskip("pillow_heif")
    context = browser.new_context()
    empty_queue(context.request, server)
    files = {}
    for name, pages in PAGES.items():
        first, *others = [draw_page(draw, numbers, turn) for numbers, turn in pages]
        stream = io.BytesIO()
        if name.endswith("heic"):
            heif.from_pillow(first).save(stream, quality=90)
        else:
            kind = name.rpartition(".")[2]
            first.save(stream, kind, save_all=True, append_images=others, resolution=200)
        files[name] = stream.getvalue()
    yield make_batch(context.request, server, files)
    context.close()


def draw_page(draw, numbers: list[str], turn: int) -> Image.Image:
    page = np.full((900, 700), 250, np.uint8)
    for number, top in zip(numbers, (150, 550), strict=True):
        drawn = draw(number)
        height, width = drawn.shape
        page[top : top + height, 100 : 100 + width] = drawn
    return Image.fromarray(np.rot90(page, -turn // 90)).convert("RGB")


def framed(page, server) -> tuple[str, float]:
    """Return the number inside the frame on the page, and how much brighter it is than outside."""
    expect(page.locator(".check-view:visible")).not_to_have_class("check-view loading")
    page.wait_for_function(
        "() => document.querySelector('.check-page:not([hidden]) img')?.naturalWidth > 0"
    )
    frame, view = (page.locator(f"{each}:visible") for each in (".check-frame", ".check-view"))
    box, around = frame.bounding_box(), view.bounding_box()
    shown = np.frombuffer(page.screenshot(clip=around), np.uint8)
    pixels = cv2.imdecode(shown, cv2.IMREAD_GRAYSCALE)
    left, top = round(box["x"] - around["x"]), round(box["y"] - around["y"])
    right, bottom = left + round(box["width"]), top + round(box["height"])
    inside = pixels[top + 2 : bottom - 2, left + 2 : right - 2]
    below = pixels[bottom + 12 : bottom + 24, left:right]
    assert box["height"] > 0.08 * around["height"]  # enlarged
    file = {"name": "a.png", "mimeType": "image/png", "buffer": encoded_png(inside)}
    address = f"{server}/v1/read?layout=field&keep=false"
    read = page.request.post(address, multipart={"picture": file}).json()
    return read["pages"][0]["text"].strip(), float(np.median(inside) - np.median(below))


def open_mode(open_page, server, batch, mode):
    page = open_page("home", remembered={**ALL_READINGS, "review-mode": mode, "by": "Ann"})
    page.goto(f"{server}/#review/{batch}")
    page.wait_for_selector("body[data-ready=review]")
    return page


def test_each_page_is_shown_upright_with_the_number_in_a_frame(open_page, server, batch):
    page = open_mode(open_page, server, batch, "form")
    names = sorted(PAGES, key=lambda name: name.replace("photo", "a"))
    for name in names:
        for number, (numbers, _) in enumerate(PAGES[name], start=1):
            alt = f"Page {number} of {name}"
            expect(page.locator(".check-view img")).to_have_attribute("alt", alt)
            inputs = page.locator(".check-field input")
            expect(inputs).to_have_count(len(numbers))
            for at, text in enumerate(numbers):
                inputs.nth(at).focus()
                read, contrast = framed(page, server)
                assert (alt, read) == (alt, text)
                assert contrast > 40, alt
            page.keyboard.press("n")
    for mode in ("two", "single"):  # typed numbers are settled by two people only
        check_one_by_one(open_mode(open_page, server, batch, mode), server)


def check_one_by_one(page, server):
    expected = sorted(text for pages in PAGES.values() for numbers, _ in pages for text in numbers)
    found = []
    for left in range(len(expected), 0, -1):
        expect(page.locator("#review .progress")).to_contain_text(f"{left} to")
        found.append(framed(page, server)[0])
        page.keyboard.type(found[-1])
        page.keyboard.press("Enter")
    assert sorted(found) == expected


def test_equal_readings_show_the_page_of_the_focused_one(open_page, server, browser, draw):
    context = browser.new_context()
    empty_queue(context.request, server)
    files = {}
    for at, turn in enumerate((0, 180)):
        stream = io.BytesIO()
        draw_page(draw, ["417", f"{at}29"], turn).save(stream, "tiff")
        files[f"{at}.tiff"] = stream.getvalue()
    batch = make_batch(context.request, server, files)
    context.close()
    page = open_mode(open_page, server, batch, "same")
    expect(page.locator(".crop-tile")).to_have_count(2)
    expect(page.locator(".check-page:visible")).to_have_count(0)
    page.keyboard.press("p")
    shown = []
    for _ in range(2):
        expect(page.locator(".check-page:visible")).to_be_visible()
        assert framed(page, server)[0] == "417"
        shown.append(page.locator(".check-view img").get_attribute("alt"))
        page.keyboard.press("ArrowRight")
    assert sorted(shown) == ["Page 1 of 0.tiff", "Page 1 of 1.tiff"]
