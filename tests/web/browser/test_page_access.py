"""Accessibility: names of controls, contrast, focus, small screens; and the page's CSP."""

from pathlib import Path

import pytest
from drawn_strokes import draw

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect

EXAMPLES = Path(__file__).parents[3] / "examples"
VIEWS = ("draw", "home", "photograph", "review", "learn", "explore")
TABS = {
    "home": "Home",
    "draw": "Draw",
    "photograph": "Read",
    "review": "Check",
    "learn": "Learn",
    "explore": "Explore",
}
CONTROLS = {
    "button",
    "checkbox",
    "combobox",
    "ComboBoxSelect",
    "link",
    "radio",
    "slider",
    "spinbutton",
    "switch",
    "textbox",
}
CONTRAST = """() => {
  const parse = (color) => {
    const parts = color.match(/[\\d.]+/g).map(Number);
    const scale = color.startsWith("color(") ? 255 : 1;
    const [r, g, b] = parts.slice(0, 3).map((part) => part * scale);
    return [r, g, b, parts[3] ?? 1];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const light = (color) => {
    const [r, g, b] = color.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const stack = [];
    for (let each = element; each; each = each.parentElement) {
      stack.push(parse(getComputedStyle(each).backgroundColor));
    }
    return stack.reverse().reduce((under, color) => over(color, under), [255, 255, 255]);
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    const unread = ".visually-hidden, :disabled, .skip-link";
    if (!text || !element.checkVisibility() || element.closest(unread)) continue;
    const style = getComputedStyle(element);
    const below = ground(element);
    const [a, b] = [light(over(parse(style.color), below)), light(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) weak.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return weak;
}"""  # WCAG 2.2, success criterion 1.4.3
# Visually hidden controls show the outline on the element around or beside them.
UNSEEN_FOCUS = """() => {
  const focused = document.activeElement;
  const around = [focused, focused.closest(".button"), focused.nextElementSibling];
  const isOutlined = (element) => {
    const {outlineStyle, outlineWidth} = getComputedStyle(element);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  if (focused === document.body || around.some((element) => element && isOutlined(element)))
    return "";
  return focused.outerHTML.slice(0, 120);
}"""


def nameless(page) -> list[str]:
    """Return the controls without an accessible name."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    found = [node for node in nodes if node.get("role", {}).get("value") in CONTROLS]
    assert found
    return [
        f"{node['role']['value']} {node.get('backendDOMNodeId')}"
        for node in found
        if not node.get("ignored") and not node.get("name", {}).get("value", "").strip()
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_has_a_name(open_page, view):
    assert nameless(open_page(view)) == []


def test_controls_of_a_reading_have_names(open_page):
    page = open_page("draw")
    draw(page, "7")
    expect(page.locator("#draw-answer")).to_have_text("7")
    expect(page.locator("#draw-correction")).to_be_visible()
    assert nameless(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_meets_wcag(open_page, scheme):
    page = open_page("draw", scheme=scheme)
    draw(page, "7")
    expect(page.locator("#draw-correction")).to_be_visible()
    weak = {"draw": page.evaluate(CONTRAST)}
    for view in VIEWS[1:]:
        page.goto(page.url.split("#")[0] + f"#{view}")
        page.wait_for_selector(f"body[data-ready={view}]")
        weak[view] = page.evaluate(CONTRAST)
    assert weak == {view: [] for view in VIEWS}


@pytest.mark.parametrize("view", VIEWS)
def test_views_fit_a_phone(open_page, view):
    page = open_page(view, phone=True)
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 390
    tabs = page.get_by_role("navigation", name="Views").bounding_box()
    assert tabs["y"] + tabs["height"] == pytest.approx(844, abs=2)


def test_results_fit_a_phone(open_page):
    page = open_page("photograph", phone=True)
    page.set_input_files("#choose", str(EXAMPLES / "three-lines.jpg"))
    page.locator("#overlay button").first.click()
    expect(page.locator("#digit-card")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert nameless(page) == []


@pytest.mark.parametrize("view", VIEWS)
def test_focus_is_visible(open_page, view):
    page = open_page(view)
    page.locator(".skip-link").focus()
    for _ in range(14):
        page.keyboard.press("Tab")
        unseen = page.evaluate(UNSEEN_FOCUS)
        assert unseen == ""


def test_reduced_motion_disables_transitions(open_page):
    bar = "() => getComputedStyle(document.querySelector('.bar-fill')).transitionDuration"
    moving = {}
    for motion in ("no-preference", "reduce"):
        page = open_page("draw", motion=motion)
        draw(page, "7")
        page.locator(".bar-fill").first.wait_for(state="attached")
        moving[motion] = page.evaluate(bar)
    assert moving == {"no-preference": "0.14s", "reduce": "0s"}


def test_tabs_open_views_by_keyboard(open_page):
    page = open_page("draw")
    tabs = page.get_by_role("navigation", name="Views")
    for view, name in TABS.items():
        tabs.get_by_role("link", name=name).press("Enter")
        page.wait_for_selector(f"body[data-ready={view}]")
        expect(page).to_have_title(f"{name} · numerals")
        if view != "review":  # there the input has the focus
            expect(page.locator("#main")).to_be_focused()


def test_page_has_no_foreign_or_inline_code(open_page, server):
    page = open_page("draw")
    policy = page.request.get(f"{server}/").headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    source = page.request.get(f"{server}/").text()
    assert "style=" not in source and "onclick" not in source and "https://" not in source


def test_page_works_without_other_hosts(open_page, server):
    page = open_page("draw")
    page.route(
        "**/*",
        lambda route: route.continue_() if route.request.url.startswith(server) else route.abort(),
    )
    page.reload()
    page.wait_for_selector("body[data-ready=draw]")
    draw(page, "7")
    expect(page.locator("#draw-answer")).to_have_text("7")
