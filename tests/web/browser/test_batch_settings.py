"""The settings of a batch, and the progress of one large file."""

import json

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from page_batches import make_batch
from playwright.sync_api import expect
from served import picture_of


def open_settings(open_page, server):
    """Return the dialog *Read again* of a new batch."""
    page = open_page("home")
    batch = make_batch(page.request, server, {"a.png": picture_of("417")})
    page.goto(f"{server}/#batch/{batch}")
    page.get_by_role("button", name="Read again").click()
    return page.get_by_role("dialog")


def test_all_options_are_sent(open_page, server):
    dialog = open_settings(open_page, server)
    dialog.get_by_label("What is on the pages").select_option("page")
    dialog.get_by_label("Format of the numbers").select_option("digits:")
    dialog.get_by_label("How many digits").fill("3")
    dialog.get_by_label("Rotation").select_option("0")
    dialog.get_by_label("Also read printed numbers").check()
    dialog.get_by_label("Leave out signs and spaces").check()
    dialog.get_by_label("Errors").select_option("0.05")
    dialog.get_by_label("Minimum confidence").select_option("0.5")
    dialog.get_by_label("PDF pages").select_option("300")
    with dialog.page.expect_response("**/read-again") as answered:
        dialog.get_by_role("button", name="Read 1 file again").click()
    assert answered.value.json()["options"] == {
        "script": "latin",
        "layout": "page",
        "format": "digits:3",
        "turn": "0",
        "printed": True,
        "dpi": 300,
        "min_confidence": 0.5,
        "max_error": 0.05,
        "only": "digits",
    }


def test_format_without_its_argument_is_not_sent(open_page, server):
    dialog = open_settings(open_page, server)
    dialog.get_by_label("Format of the numbers").select_option("digits:")
    dialog.get_by_role("button", name="Read 1 file again").click()
    expect(dialog.get_by_label("How many digits")).to_be_focused()
    expect(dialog).to_be_visible()


def test_settings_that_a_layout_does_not_allow_are_not_sent(open_page, server):
    dialog = open_settings(open_page, server)
    dialog.get_by_label("Rotation").select_option("90")
    dialog.get_by_label("Also read printed numbers").check()
    dialog.get_by_label("What is on the pages").select_option("digit")
    expect(dialog.get_by_label("Rotation")).to_be_disabled()
    with dialog.page.expect_response("**/read-again") as answered:
        dialog.get_by_role("button", name="Read 1 file again").click()
    options = answered.value.json()["options"]
    assert (options["layout"], options["turn"], options["printed"]) == ("digit", "auto", False)


LARGE = {"files": 1, "pages": 120, "pages_left": 180}


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (LARGE, "120 of 300 pages read, about 2 minutes left"),
        (LARGE | {"state": "paused"}, "Paused: 120 of 300 pages read"),
        ({"files": 1, "pages": 0, "pages_left": 1}, "0 of 1 file read, about 2 minutes left"),
        (
            {"files": 3, "done": 1, "failed": 1, "pages": 1, "pages_left": 1},
            "2 of 3 files read, about 2 minutes left",
        ),
    ],
)
def test_progress_counts_the_pages_of_large_files(open_page, counts, text):
    page = open_page("home")
    batch = {"done": 0, "failed": 0, "state": "reading", "seconds_left": 115} | counts
    script = """async (text) => {
      const { progressBar } = await import("/static/js/batches/progress.js");
      const { element, show } = progressBar();
      show(JSON.parse(text));
      return [element.textContent, element.querySelector("progress").value];
    }"""
    shown, value = page.evaluate(script, json.dumps(batch))
    assert shown == text
    assert value == (batch["pages"] if "pages" in text else batch["done"] + batch["failed"])
