"""Make the screenshots of the page in docs/images, from composed numbers.

The digits are glyphs of handwriting fonts, not of a data set. Start the service with an empty store
first, because the review queue is also captured::

    numerals serve --store sqlite:////tmp/screenshots.db
    python tools/screenshots.py docs/images

The screenshot of a class needs a service of its own, with a new class; its log has the addresses::

    numerals serve --class example
    python tools/screenshots.py docs/images --board BOARD --pupils PUPILS
"""

import argparse
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from numerals.records import Digits
from numerals.synthesis.composed_page import PageStyle, compose_page
from numerals.synthesis.font_glyphs import load_font_glyphs

FORM = Path(__file__).parents[1] / "examples" / "form"
DESKTOP, PHONE = (1280, 800), (390, 844)
SEVEN = [(0.24, 0.2), (0.5, 0.18), (0.76, 0.2), (0.66, 0.4), (0.52, 0.62), (0.44, 0.86)]
MAX_PICTURE_BYTES = 60_000


def make_parser(description: str) -> argparse.ArgumentParser:
    """Return a parser of the folder of the pictures, and of the address of the service."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    return parser


@contextmanager
def run_chromium() -> Iterator[Browser]:
    """Start Chromium; it ends with the block. Its sandbox does not start as root."""
    path = os.environ.get("NUMERALS_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


def font_digits() -> Digits:
    """Return the ten digits of each font, with the font as the writer."""
    glyphs, characters = load_font_glyphs()
    images = glyphs[:, [characters.index(c) for c in "0123456789"]]
    labels = np.tile(np.arange(10), len(images))
    writers = np.repeat(np.arange(len(images)), 10)
    return Digits(images.reshape(-1, 28, 28), labels, name="fonts", writers=writers)


def compose(folder: Path) -> list[Path]:
    """Write some pictures of numbers and return their paths."""
    digits, paths = font_digits(), []
    pages = {"meter.png": ["0418 265"], "stock.png": ["1207", "385", "64", "9210"]}
    for seed, (name, lines) in enumerate(pages.items()):
        page = compose_page(
            digits, lines, PageStyle(height=300 + 180 * len(lines)), random_state=seed
        )
        paths.append(folder / name)
        Image.fromarray(page.image).save(paths[-1])
    return paths


def open_view(
    browser: Browser, address: str, view: str, size: tuple[int, int], scheme: str
) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        is_mobile=size == PHONE,
        has_touch=size == PHONE,
    )
    context.set_default_timeout(120_000)
    # Show lines of any confidence, so that the queue is not empty.
    context.add_init_script("localStorage.setItem('numerals.review-show', 'all')")
    page = context.new_page()
    page.goto(f"{address}/#{view}")
    page.wait_for_selector(f"body[data-ready={view.split('/')[0]}]")
    return page


def draw_seven(page: Page) -> None:
    page.get_by_role("radio", name="One digit").check()
    box = page.locator("#pad").bounding_box()
    assert box is not None
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    page.mouse.move(*points[0])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(x, y, steps=5)
    page.mouse.up()
    page.wait_for_selector("#draw-correction:not([hidden])")


def show_layers(browser: Browser, address: str) -> Page:
    """Return the Draw view with the layers of the network, without their explanations."""
    page = open_view(browser, address, "draw", DESKTOP, "light")
    draw_seven(page)
    page.get_by_role("button", name="Look inside").click()
    page.get_by_label("Explain each layer").uncheck()
    page.wait_for_selector(".map-grid")
    return page


def save_explanation(browser: Browser, address: str, picture: Path, path: Path) -> None:
    """Save the explanation of a number in a picture that is reduced until it is hard to read."""
    small = picture.with_name("small.png")
    image = Image.open(picture)
    image.resize((image.width // 6, image.height // 6), Image.Resampling.BOX).save(small)
    page = open_view(browser, address, "photograph", (1280, 1700), "light")
    page.set_input_files("#choose", small)
    page.get_by_role("button", name="Why this answer?").first.click()
    page.wait_for_selector(".why-answer")
    shown = Image.open(io.BytesIO(page.locator("#lines > li").first.screenshot()))
    shown.convert("RGB").save(path, quality=82, method=6)
    assert path.stat().st_size < MAX_PICTURE_BYTES, f"{path} is too large"
    page.context.close()


def save_forms(browser: Browser, address: str, folder: Path) -> None:
    """Save the designer with a named form, and its trial on a filled-in sheet."""
    page = open_view(browser, address, "forms", DESKTOP, "light")
    page.get_by_role("button", name="Try it with a sample").click()
    page.get_by_role("button", name="Use all").click()
    for name in "crew number,date,adults,start,children,end,seniors,total,phone".split(","):
        page.locator("#field-name").fill(name)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="These add up to").click()
    for name in ("adults", "children", "seniors"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Add the rule").click()
    page.locator(".field-list").get_by_role("button", name="date").click()
    page.get_by_label("What is written there").select_option(label="A date, year first")
    page.evaluate("scrollTo(0, 0)")
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").save(folder / "page-forms.webp", quality=78, method=6)
    page.get_by_role("button", name="Try on a filled sheet").click()
    page.get_by_role("button", name="Use the two sample sheets").click()
    page.get_by_text("2 sheets were read.").wait_for()
    page.evaluate("scrollTo(0, 0)")
    save(page, folder / "page-forms-trial.webp", quality=70)


def save_check(browser: Browser, address: str, folder: Path) -> None:
    """Read the sheets of examples/form as a batch, and save it under review."""
    page = open_view(browser, address, "home", DESKTOP, "light")
    page.evaluate(
        """async () => (await import("/static/js/home/sample-form.js")).saveSampleForm()"""
    )
    settings = {"name": "Ferry sheets", "templates": ["ferry-sheet"]}
    batch = page.request.post(f"{address}/v1/batches", data=settings).json()["id"]
    for sheet in sorted(FORM.glob("sheet-*.jpg")):
        file = {"name": sheet.name, "mimeType": "image/jpeg", "buffer": sheet.read_bytes()}
        page.request.post(f"{address}/v1/batches/{batch}/items", multipart={"files": file})
    while page.request.get(f"{address}/v1/batches/{batch}").json()["state"] != "done":
        page.wait_for_timeout(500)
    for name, mode in (("review", "single"), ("review-form", "form")):
        page = open_view(browser, address, "home", DESKTOP, "light")
        page.evaluate("(mode) => localStorage.setItem('numerals.review-mode', mode)", mode)
        page.goto(f"{address}/#review/{batch}")
        page.wait_for_selector("body[data-ready=review]")
        page.wait_for_function("() => document.querySelector('.check-view img').naturalWidth > 0")
        page.wait_for_timeout(1000)
        save(page, folder / f"page-{name}.webp", quality=70)


def save(page: Page, path: Path, quality: int = 82) -> None:
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").save(path, quality=quality, method=6)
    assert path.stat().st_size < MAX_PICTURE_BYTES, f"{path} is too large"
    page.context.close()


def save_board(board: str, pupils: str, folder: Path) -> None:
    """Let seven pupils join a class, each with the digits of a font, and save its board."""
    digits = font_digits()
    origin, _, code = pupils.partition("/class#")
    with run_chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        for font, name in enumerate(("Ana", "Ben", "Caro", "Dilan", "Eda", "Finn", "Gil")):
            join = {"code": code, "name": name}
            pupil = context.request.post(f"{origin}/class/join", data=join).json()
            for label in range(10):
                drawing = {"writer": pupil["writer"], "key": pupil["key"], "position": label}
                image = digits.images[10 * font + label].tolist()
                drawing |= {"label": label, "image": image}
                context.request.post(f"{origin}/class/drawings", data=drawing)
        page = context.new_page()
        page.goto(board)
        page.wait_for_selector("#drawings li")
        save(page, folder / "class-board.webp")


def main(address: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with run_chromium() as browser, tempfile.TemporaryDirectory() as scratch:
        pictures = compose(Path(scratch))
        for name, size, scheme in (("draw", DESKTOP, "light"), ("draw-phone", PHONE, "dark")):
            page = open_view(browser, address, "draw", size, scheme)
            draw_seven(page)
            save(page, folder / f"page-{name}.webp")
        save(show_layers(browser, address), folder / "page-inside.webp", quality=70)
        page = open_view(browser, address, "photograph", DESKTOP, "light")
        page.set_input_files("#choose", pictures)
        page.wait_for_selector("#files .file:nth-child(2)[data-state=done]")
        page.locator("#files .file button").nth(2).click()
        page.locator("#overlay button").nth(5).click()
        save(page, folder / "page-photograph.webp")
        save_explanation(browser, address, pictures[0], folder / "page-why.webp")
        save_forms(browser, address, folder)
        save_check(browser, address, folder)


if __name__ == "__main__":
    parser = make_parser(__doc__)
    parser.add_argument("--board", help="address of the board of a new class")
    parser.add_argument("--pupils", help="address of the class for pupils, with its code")
    options = parser.parse_args()
    if options.board:
        save_board(options.board, options.pupils, options.folder)
    else:
        main(options.address, options.folder)
