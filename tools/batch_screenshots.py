"""Make the screenshots of the home screen and of a batch in docs/images, from composed forms.

The digits are glyphs of handwriting fonts. Start the service with an empty store first::

    numerals serve --store sqlite:////tmp/screenshots/store.db
    python tools/batch_screenshots.py docs/images
"""

import re
import tempfile
from pathlib import Path

import numpy as np
from make_form_example import draw_form, fill_in
from PIL import Image
from playwright.sync_api import Page
from screenshots import DESKTOP, PHONE, font_digits, make_parser, open_view, run_chromium, save

from numerals.synthesis.digit_hands import make_hands

N_FORMS = 24


def compose_forms(folder: Path) -> None:
    """Write photographs of the example form, filled in with various numbers."""
    form, hands = draw_form(), make_hands(font_digits())
    folder.mkdir()
    for at in range(N_FORMS):
        rng = np.random.default_rng(at)
        passengers = [int(n) for n in rng.integers(8, 190, size=3)]
        hours = int(rng.integers(20_000, 60_000))
        numbers = {
            "crew_number": f"{rng.integers(10**6):06d}",
            "date": f"202601{1 + at:02d}",
            **dict(zip(("adults", "children", "seniors"), map(str, passengers), strict=True)),
            "total": str(sum(passengers)),
            "hours_start": str(hours),
            "hours_end": str(hours + int(rng.integers(4, 16))),
            "phone": f"555{rng.integers(10**7):07d}",
        }
        turn = float(rng.uniform(-3, 3))
        photo = fill_in(form, numbers, hands[int(rng.integers(len(hands)))], rng, turn=turn)
        Image.fromarray(photo).save(folder / f"sheet-{at + 1:02d}.jpg", quality=80)


def start_stack(page: Page, folder: Path, name: str) -> str:
    """Read the forms as a stack; return the address of the batch once it is read."""
    page.evaluate(
        """async () => {
          const { saveSampleForm } = await import("/static/js/home/sample-form.js");
          await saveSampleForm();
        }"""
    )
    page.get_by_role("button", name="Start a stack").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("ferry-sheet").check()
    dialog.locator("input[webkitdirectory]").set_input_files(folder)
    dialog.get_by_label("Name of the stack").fill(name)
    dialog.get_by_role("button", name="Read them").click()
    page.wait_for_selector("body[data-ready=batch]")
    wait_until_read(page, N_FORMS)
    return str(page.evaluate("() => location.hash.slice(1)"))


def wait_until_read(page: Page, n_files: int) -> None:
    text = page.locator("#batch .progress-text")
    text.filter(has_text=re.compile(f"^{n_files} files read")).wait_for(timeout=1_200_000)


def main(address: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with run_chromium() as browser, tempfile.TemporaryDirectory() as scratch:
        forms = Path(scratch) / "ferry"
        compose_forms(forms)
        page = open_view(browser, address, "home", DESKTOP, "light")
        page.get_by_role("button", name="Try it with a sample").first.click()
        wait_until_read(page, 2)
        page.goto(f"{address}/#home")
        page.wait_for_selector("body[data-ready=home]")
        batch = start_stack(page, forms, "Ferry sheets, January")
        page.context.close()
        for name, size, scheme in (("home", DESKTOP, "light"), ("home-phone", PHONE, "dark")):
            page = open_view(browser, address, "home", size, scheme)
            page.wait_for_selector(".batch-entry")
            save(page, folder / f"page-{name}.webp")
        for name, size, scheme in (("batch", DESKTOP, "light"), ("batch-phone", PHONE, "dark")):
            page = open_view(browser, address, batch, size, scheme)
            page.locator(".number.uncertain").first.click()
            page.wait_for_timeout(1500)  # the pictures of the rows and the page
            save(page, folder / f"page-{name}.webp", quality=70)


if __name__ == "__main__":
    options = make_parser(__doc__).parse_args()
    main(options.address, options.folder)
