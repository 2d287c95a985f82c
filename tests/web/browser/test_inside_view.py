"""Inside the network: the layers of the digit model while the user draws."""

import pytest
from drawn_strokes import SEVEN, choose_one_digit, draw, draw_by_touch

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect


@pytest.fixture
def open_inside(open_page):
    """Return a function that opens the panel."""

    def open_panel(**options):
        page = open_page("draw", **options)
        choose_one_digit(page)
        page.get_by_role("button", name="Look inside").click()
        expect(page.locator("#inside-body")).to_contain_text("Draw a digit")
        return page

    return open_panel


def maps_of(page, layer):
    return page.get_by_role("slider", name=f"Maps of layer {layer}")


def colors_of(canvas) -> int:
    """Return the number of different colours on a canvas."""
    return canvas.evaluate(
        """canvas => {
          const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )


def test_layers_scores_and_change_of_a_drawn_digit_are_shown(open_inside):
    page = open_inside()
    expect(page.locator("#inside-about")).to_contain_text("latin-digit 0.1.0")
    draw(page, "4")
    titles = [f"Layer {i}: {n} maps" for i, n in enumerate((32, 64, 64, 128, 128), start=1)]
    for layer, title in enumerate(titles, start=1):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        assert colors_of(maps_of(page, layer)) > 20
    inside = page.locator("#inside")
    expect(inside.locator(".bars .best .bar-label")).to_have_text("4")
    expect(inside.locator(".bars li")).to_have_count(11)  # with "no digit"
    choice = page.get_by_label("Turn it into")
    choice.select_option("9")
    expect(inside).to_contain_text("9 instead of 4")
    expect(inside.locator(".change-figures")).to_contain_text("the network answers 9")


def test_maps_follow_the_pen_during_a_stroke(open_inside):
    page = open_inside(motion="no-preference")
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    for x, y in SEVEN:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
    expect(page.locator("#inside .bars .best .bar-label")).to_have_text("7")
    page.mouse.up()


def test_reduced_motion_updates_the_maps_after_the_stroke(open_inside):
    page = open_inside(motion="reduce")
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    for x, y in SEVEN:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
    expect(page.locator("#draw-answer")).to_have_text("7")  # the service's answer is shown
    expect(page.locator("#inside-body")).to_contain_text("Draw a digit")
    page.mouse.up()
    expect(page.locator("#inside .bars .best .bar-label")).to_have_text("7")


def test_keys_select_the_map_that_is_shown_enlarged(open_inside):
    page = open_inside()
    draw(page, "2")
    heading = page.locator(".map-detail h3")
    expect(heading).to_have_text("Layer 1, map 1")
    first, last = maps_of(page, 1), maps_of(page, 5)
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")  # 16 maps per row
    expect(heading).to_have_text("Layer 1, map 18")
    expect(first).to_have_attribute("aria-valuetext", "18 of 32")
    last.focus()
    page.keyboard.press("End")
    expect(heading).to_have_text("Layer 5, map 128")
    expect(page.locator(".map-detail")).to_contain_text("Sum of 128 filters")


def test_pointer_selects_the_map_below_it(open_inside):
    page = open_inside()
    draw(page, "2")
    maps = maps_of(page, 2)
    maps.scroll_into_view_if_needed()
    box = maps.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 2.5 / 32, box["y"] + box["height"] * 0.75)
    expect(page.locator(".map-detail h3")).to_have_text("Layer 2, map 35")


def test_maps_of_a_drawing_are_shown_on_a_phone(open_inside):
    page = open_inside(phone=True)
    draw_by_touch(page, SEVEN)
    expect(page.locator("#inside .bars .best .bar-label")).to_have_text("7")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == 390
    maps_of(page, 5).evaluate("canvas => canvas.scrollIntoView({block: 'center'})")
    box = maps_of(page, 5).bounding_box()
    page.touchscreen.tap(box["x"] + 5, box["y"] + 5)
    expect(page.locator(".map-detail h3")).to_have_text("Layer 5, map 1")
    below = page.locator(".map-detail").bounding_box()["y"] - box["y"] - box["height"]
    assert 0 <= below < 40
    assert page.locator("#pad").bounding_box()["y"] >= 0  # the pad stays in view


def test_panel_shows_the_selected_digit_of_a_number(open_inside):
    page = open_inside()
    page.get_by_role("radio", name="Number").check()
    draw(page, "41")
    expect(page.locator("#draw-answer")).to_have_text("41")
    best = page.locator("#inside .bars .best .bar-label")
    expect(best).to_have_text("4")
    page.locator("#draw-answer button").nth(1).click()
    expect(best).to_have_text("1")


def test_another_script_shows_its_own_network(open_inside):
    page = open_inside()
    page.locator("#draw-script").select_option("kannada")
    expect(page.locator("#inside-about")).to_contain_text("kannada-digit")
    draw(page, "0")
    expect(page.locator("#inside .bars .best .bar-label")).to_have_text("೦")
    page.get_by_label("Maps of network").select_option("2")
    draw(page, "0")
    expect(page.locator("#inside .bars li")).to_have_count(11)


def test_cleared_pad_empties_the_panel(open_inside):
    page = open_inside()
    draw(page, "7")
    expect(page.locator("#inside .stage").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#inside-body")).to_contain_text("Draw a digit")
    draw(page, "7")
    expect(page.locator("#inside .bars .best .bar-label")).to_have_text("7")


def test_failure_to_load_the_network_is_reported(open_page, monitor):
    monitor.expected = "net::ERR_FAILED"
    page = open_page("draw")
    page.route("**/v1/layers*", lambda route: route.abort())
    page.get_by_role("button", name="Look inside").click()
    expect(page.locator("#inside-notice")).to_contain_text("not responding")
    page.unroute("**/v1/layers*")
    page.locator("#inside-notice button").click()
    draw(page, "7")
    expect(page.locator("#inside .bars .best .bar-label")).to_have_text("7")


@pytest.mark.data
def test_nearest_training_digits_are_shown(open_inside, data_folder):
    page = open_inside()
    draw(page, "7")
    nearest = page.get_by_role("list", name="Nearest training digits").get_by_role("listitem")
    expect(nearest).to_have_count(8)
    expect(nearest.first).to_contain_text("7")
