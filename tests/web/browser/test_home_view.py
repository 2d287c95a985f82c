"""Home: starting batches with files, folders, drops and samples; the list of batches."""

import cv2
import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from page_batches import drop, make_batch
from playwright.sync_api import expect


@pytest.fixture
def folder(draw, tmp_path):
    """Return a folder with pictures in two subfolders, and files that are not pictures."""
    for at, name in enumerate(("one/a.png", "one/b.png", "two/c.png")):
        path = tmp_path / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), draw(str(417 + at)))
    (tmp_path / "scans" / "Thumbs.db").write_bytes(b"\0")
    (tmp_path / "scans" / "notes.txt").write_text("not a picture")
    return tmp_path / "scans"


def test_sample_shows_results_after_one_click(open_page):
    page = open_page("home")
    page.get_by_role("button", name="Try it with a sample").first.click()
    expect(page.locator("#batch-title")).to_have_text("Sample: pictures")
    expect(page.locator("#batch .progress-text")).to_have_text("2 files read")
    expect(page.locator(".table-body")).to_contain_text("5550142867")


def test_sample_of_drawing_is_read(open_page):
    page = open_page("home")
    page.get_by_role("link", name="See a sample").click()
    expect(page.locator("#draw-answer")).to_have_text("423")


def test_folder_becomes_a_batch(open_page, folder):
    page = open_page("home")
    page.set_input_files("#home-folder", str(folder))
    expect(page.locator("#batch-title")).to_have_text("scans")
    expect(page.locator("#batch .progress-text")).to_have_text("3 files read")
    expect(page.locator("#uploads")).to_contain_text("notes.txt")
    names = page.locator(".table-body .file-label")
    expect(names).to_have_text(["one/a.png", "one/b.png", "two/c.png"])


def test_stack_is_started_once_a_form_and_files_are_chosen(open_page, folder, server):
    page = open_page("home")
    page.evaluate(
        """async () => {
          const { saveSampleForm } = await import("/static/js/home/sample-form.js");
          await saveSampleForm();
        }"""
    )
    page.get_by_role("button", name="Start a stack").click()
    dialog = page.get_by_role("dialog")
    start, form = dialog.get_by_role("button", name="Read them"), dialog.get_by_label("ferry-sheet")
    form.uncheck()
    start.click()
    # The browser says what is missing, at the first form; other tests may have left some.
    expect(dialog.locator(".setting-forms input").first).to_be_focused()
    form.check()
    start.click()
    expect(dialog).to_be_visible()
    dialog.locator("input[type=file]").nth(1).set_input_files(folder / "one" / "a.png")
    start.click()
    page.wait_for_selector("body[data-ready=batch]")
    expect(page.locator(".picture-panel")).to_contain_text("does not show the form")
    expect(page.get_by_alt_text("Page 1 of a.png")).to_be_visible()  # which picture that is
    page.request.delete(f"{server}/v1/templates/ferry-sheet")


@pytest.mark.parametrize("view", ["home", "learn"])
def test_drop_anywhere_reads_files_and_folders(open_page, folder, draw, tmp_path, view):
    single = tmp_path / "single.png"
    cv2.imwrite(str(single), draw("2986"))
    page = open_page(view)
    drop(page, [folder, single])
    page.wait_for_selector("body[data-ready=batch]")
    expect(page.locator("#batch .progress-text")).to_have_text("4 files read")
    expect(page.locator(".table-body")).to_contain_text("2986")


def test_drop_on_a_batch_adds_to_it(open_page, folder, draw, server, browser):
    page = open_page("home")
    batch = make_batch(page.request, server, {"first.png": draw("60")})
    page.goto(f"{server}/#batch/{batch}")
    page.wait_for_selector("body[data-ready=batch]")
    drop(page, [folder])
    expect(page.locator("#batch .progress-text")).to_have_text("4 files read")
    drop(page, [folder])  # the same files again add nothing
    expect(page.locator("#uploads progress")).to_have_count(0)
    expect(page.locator("#batch .progress-text")).to_have_text("4 files read")


def test_batch_is_renamed_and_deleted_after_a_question(open_page, draw, server):
    page = open_page("home")
    make_batch(page.request, server, {"first.png": draw("60")}, name="Old name")
    entry = page.locator(".batch-entry", has_text="Old name")
    entry.get_by_role("button", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("New name")
    page.keyboard.press("Enter")
    entry = page.locator(".batch-entry", has_text="New name")
    entry.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Cancel").click()
    expect(entry).to_be_visible()
    entry.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete 1 file").click()
    expect(entry).to_have_count(0)


def test_failed_upload_is_repeated(open_page, folder, monitor):
    monitor.expected = "503"
    page = open_page("home")
    busy = {"status": 503, "json": {"error": {"code": "busy", "message": "try again"}}}
    page.route("**/items", lambda route: route.fulfill(**busy), times=2)
    page.set_input_files("#home-folder", str(folder))
    expect(page.locator("#uploads")).to_contain_text("Trying again")
    expect(page.locator("#batch .progress-text")).to_have_text("3 files read")


def test_unsent_files_are_named_and_sent_later(open_page, folder, server, monitor):
    monitor.expected = "ERR_FAILED"
    page = open_page("home")
    page.route("**/items", lambda route: route.abort())
    page.set_input_files("#home-folder", str(folder))
    expect(page.locator("#uploads")).to_contain_text("Trying again")
    address = page.url
    page.close()
    page = page.context.new_page()
    monitor.attach(page)
    page.goto(address)
    notice = page.locator(".unsent")
    expect(notice).to_contain_text("scans/one/a.png")
    notice.locator("input").first.set_input_files(str(folder))
    expect(page.locator("#batch .progress-text")).to_have_text("3 files read")
    expect(notice).to_have_count(0)


def test_home_fits_a_phone(open_page):
    page = open_page("home", phone=True)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    first = page.locator("#home").get_by_text("Choose files").bounding_box()
    assert first["y"] + first["height"] < 844 / 2
