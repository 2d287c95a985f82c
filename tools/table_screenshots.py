"""Make the screenshots of a table in docs/images, from a composed register.

The digits are glyphs of handwriting fonts. Start the service with an empty store first::

    numerals serve --store sqlite:////tmp/screenshots/store.db
    python tools/table_screenshots.py docs/images
"""

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from batch_screenshots import wait_until_read
from make_form_example import write_field
from PIL import Image, ImageDraw, ImageFont
from screenshots import DESKTOP, PHONE, font_digits, make_parser, open_view, run_chromium, save

from numerals.synthesis.digit_hands import make_hands
from numerals.synthesis.paper_sheet import apply_ink, make_sheet

COLUMNS = ("Day", "Morning", "Noon", "Evening", "Rain", "Wind")
N_ROWS, CELL, TOP, LEFT = 14, (190, 66), 170, 60
SIZE = (2 * LEFT + len(COLUMNS) * CELL[0], TOP + N_ROWS * CELL[1] + 60)


def draw_register() -> npt.NDArray[np.uint8]:
    """Return a blank ruled page of a weather register."""
    image = Image.new("L", SIZE, 255)
    pen = ImageDraw.Draw(image)
    pen.text((LEFT, 30), "Harbour weather station, barometer and rain", 0, _font(40))
    right, bottom = LEFT + len(COLUMNS) * CELL[0], TOP + N_ROWS * CELL[1]
    for at, name in enumerate(COLUMNS):
        pen.text((LEFT + at * CELL[0] + 20, TOP - 50), name, 40, _font(28))
    for at in range(len(COLUMNS) + 1):
        x = LEFT + at * CELL[0]
        pen.line([(x, TOP - 60), (x, bottom)], 90, 2)
    for y in (TOP - 60, *range(TOP, bottom + 1, CELL[1])):
        pen.line([(LEFT, y), (right, y)], 90, 2)
    return np.asarray(image)


def compose_register(seed: int) -> npt.NDArray[np.uint8]:
    """Return a filled-in page, RGB."""
    rng = np.random.default_rng(seed)
    hands = make_hands(font_digits())
    hand = hands[int(rng.integers(len(hands)))]
    page = draw_register()
    ink = np.zeros(page.shape, np.float32)
    for row in range(N_ROWS):
        pressures = rng.integers(738, 771, size=3).tolist()
        texts = [row + 1, *pressures, rng.integers(0, 60), rng.integers(1, 12)]
        for column, text in enumerate(map(str, texts)):
            if column < 4 or rng.random() < 0.8:
                x, y = LEFT + column * CELL[0], TOP + row * CELL[1]
                write_field(ink, text, (x + 24, y, x + CELL[0], y + CELL[1]), 0, hand, rng)
    sheet = make_sheet(*page.shape, rng) * (page.astype(np.float32) / 255)[..., None]
    sheet = apply_ink(np.maximum(sheet, 0.08), ink, (38, 48, 120), rng)
    return (255 * sheet.clip(0, 1)).astype(np.uint8)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def main(address: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with run_chromium() as browser, tempfile.TemporaryDirectory() as scratch:
        paths = []
        for at in range(3):
            paths.append(Path(scratch) / f"register-{at + 1}.jpg")
            Image.fromarray(compose_register(at)).save(paths[-1], quality=85)
        page = open_view(browser, address, "home", DESKTOP, "light")
        page.set_input_files("#home-files", paths)
        page.wait_for_selector("body[data-ready=batch]")
        wait_until_read(page, len(paths))
        batch = str(page.evaluate("() => location.hash.slice(1)"))
        route = f"{address}/v1/{batch.replace('batch', 'batches')}"
        page.request.patch(route, data={"name": "Weather register, May"})
        page.context.close()
        for name, size, scheme in (("tables", DESKTOP, "light"), ("tables-phone", PHONE, "dark")):
            page = open_view(browser, address, f"{batch}/tables", size, scheme)
            page.wait_for_selector(".cell-grid")
            page.wait_for_timeout(2000)  # the picture
            save(page, folder / f"page-{name}.webp", quality=45)


if __name__ == "__main__":
    options = make_parser(__doc__).parse_args()
    main(options.address, options.folder)
