"""Run axe-core on a page: light and dark, on a desktop and a phone."""

import os
from functools import cache
from pathlib import Path

import pytest

AXE = Path(__file__).parents[3] / "tools/page_checks/node_modules/axe-core/axe.min.js"
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
# Dark mode changes the colours only.
RULES = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
FIND = """async (rules) => {
  const {violations} = await axe.run(document, {resultTypes: ["violations"], ...rules});
  return violations.flatMap(({id, nodes}) =>
    nodes.map(({target, failureSummary}) => `${id}: ${target.flat()}: ${failureSummary}`));
}"""


def axe_path() -> Path:
    return Path(os.environ.get("NUMERALS_AXE", AXE))


@cache
def axe_source() -> str:
    """Return the source of axe-core; skip the test without it."""
    path = axe_path()
    if not path.is_file():
        pytest.skip("needs axe-core: npm ci --prefix tools/page_checks, or NUMERALS_AXE=its file")
    return path.read_text("utf-8")


def find_violations(page, state: str = "") -> list[str]:
    """Return the violations in a state of a page, in each colour scheme and size of the window."""
    before = page.viewport_size
    found = []
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if not page.evaluate("() => 'axe' in window"):
                page.evaluate(axe_source())
            found += [f"{state} ({size}, {scheme}): {each}" for each in page.evaluate(FIND, rules)]
    page.set_viewport_size(before)
    return found
