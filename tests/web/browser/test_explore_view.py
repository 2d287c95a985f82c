"""Learn and Explore views: models, corrections, data sets and confusion matrices."""

import cv2
import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect


def test_learn_shows_models_and_training_commands(open_page):
    page = open_page("learn")
    page.get_by_text("Models, and what they were trained with").click()
    page.get_by_text("Train on the command line").click()
    expect(page.locator("#learn-models .model h3").filter(has_text="latin-digit")).to_be_visible()
    expect(page.locator("#learn-commands code").first).to_contain_text("numerals train")
    expect(page.locator("#learn-facts")).to_contain_text("reviewed lines")


def test_learn_lists_corrections(open_page, server, draw, tmp_path):
    page = open_page("learn")
    path = tmp_path / "number.png"
    cv2.imwrite(str(path), draw("2985"))
    file = {"name": path.name, "mimeType": "image/png", "buffer": path.read_bytes()}
    read = page.request.post(f"{server}/v1/read", multipart={"picture": file}).json()
    line = read["pages"][0]["lines"][0]
    correction = {"line_id": line["line_id"], "text": "2986", "by": "Ada"}
    assert page.request.post(f"{server}/v1/corrections", data=correction).ok
    page.reload()
    newest = page.locator("#learn-corrections tbody tr").first
    expect(newest).to_contain_text(line["text"])
    expect(newest).to_contain_text("2986")
    expect(newest).to_contain_text("Ada")


@pytest.mark.data
def test_digits_of_a_class_and_similar_digits(open_page, data_folder):
    page = open_page("explore")
    page.locator("#explore-data").select_option("mnist")
    page.locator("#explore-classes .chip").nth(8).click()  # the first chip is "All", so this is 7
    first = page.locator("#explore-digits .tile").first
    expect(first).to_have_accessible_name("7, number 15; show similar digits")
    first.click()
    expect(page.locator("#similar-digits .tile")).to_have_count(24)
    expect(page.locator("#similar-digits .tile").first).to_contain_text("7")


@pytest.mark.data
def test_cell_of_the_confusion_matrix_shows_its_digits(open_page, data_folder):
    page = open_page("explore")
    page.locator("#explore-data").select_option("mnist")
    page.get_by_role("button", name="Show matrix").click()
    expect(page.locator("table.confusion")).to_be_visible()
    mistake = page.locator(".mistake button").first
    count = int(mistake.inner_text())
    mistake.click()
    expect(page.locator("#cell-title")).to_contain_text("read as")
    expect(page.locator("#cell-digits .tile")).to_have_count(min(count, 60))
