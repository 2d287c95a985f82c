"""The HTML report of an evaluation, opened from disk."""

import csv
from dataclasses import dataclass, field

import numpy as np
import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")
from playwright.sync_api import expect

from numerals.evaluation import digit_accuracy, evaluate_model
from numerals.lab.comparison import Comparison, ComparisonEntry
from numerals.lab.trial import Trial
from numerals.records import Digits
from numerals.reports.comparison_report import write_comparison_report
from numerals.reports.evaluation_report import write_evaluation_report

N_IMAGES = 300
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@dataclass(frozen=True)
class BrightnessModel:
    """Predicts the brightest pixel of the first row, with its brightness as confidence."""

    classes: tuple[str, ...] = tuple("0123456789")
    script: str = "latin"
    image_shape: tuple[int, int] = (28, 28)
    metadata: dict[str, str] = field(default_factory=dict)

    def predict_proba(self, images):
        return images[:, 0, :10].astype(np.float32) / 255


@pytest.fixture(scope="module")
def evaluation():
    """Return an evaluation where each seventh digit is predicted as the next class."""
    labels = np.arange(N_IMAGES) % 10
    images = np.zeros((N_IMAGES, 28, 28), np.uint8)
    images[:, 10:20, 12:16] = 255
    predictions = np.where(np.arange(N_IMAGES) % 7 == 0, (labels + 1) % 10, labels)
    images[np.arange(N_IMAGES), 0, predictions] = 100 + np.arange(N_IMAGES) // 2
    digits = Digits(images, labels, name="made", writers=np.arange(N_IMAGES) // 30)
    return evaluate_model(BrightnessModel(), digits)


@pytest.fixture
def open_report(browser, tmp_path, evaluation):
    """Return a function that opens the report; the teardown checks for messages and requests."""
    path = tmp_path / "report.html"
    write_evaluation_report(path, evaluation, model="brightness", data="made")
    contexts, problems = [], []

    def open_page(*, size=WIDE, script=True, path=path):
        context = browser.new_context(viewport=size, java_script_enabled=script)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: note_request(request.url))
        page.goto(path.as_uri())
        return page

    def note_request(url):
        if not url.startswith(("file:", "data:", "blob:")):
            problems.append(url)

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def cell(page, label, prediction):
    return page.locator("table.confusion tbody tr").nth(label).locator("td").nth(prediction)


def wrong_pairs(evaluation):
    return [(label, answer) for _, label, answer, _ in evaluation.accuracy.wrong]


def test_a_cell_opens_its_digits_by_mouse_and_keyboard(open_report, evaluation):
    page = open_report()
    count = wrong_pairs(evaluation).count((7, 8))
    cell(page, 7, 8).get_by_role("button").click()
    expect(page.locator("#cell h3")).to_have_text(f"7 predicted as 8: {count} digits")
    expect(page.locator("#cell .tile")).to_have_count(count)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("#cell h3")).to_contain_text("7 predicted correctly")
    expect(page.locator("#cell p")).to_contain_text("12 of them, with the lowest confidence")
    page.keyboard.press("Escape")
    expect(page.locator("#cell")).to_be_hidden()


def test_errors_are_filtered_by_pair_and_confidence(open_report, evaluation):
    page = open_report()
    errors = page.locator("[data-live=errors]")
    wrong = evaluation.accuracy.wrong
    expect(errors.locator(".tile")).to_have_count(len(wrong))
    errors.get_by_label("Label").select_option("7")
    errors.get_by_label("Prediction").select_option("8")
    expect(errors.locator(".tile")).to_have_count(wrong_pairs(evaluation).count((7, 8)))
    errors.get_by_label("Minimum confidence").fill("0.7")
    n_left = sum((each[1], each[2]) == (7, 8) and each[3] >= 0.7 for each in wrong)
    assert 0 < n_left < wrong_pairs(evaluation).count((7, 8))
    expect(errors.locator(".tile")).to_have_count(n_left)
    expect(errors.get_by_role("status")).to_contain_text(f"{n_left} of {len(wrong)} errors")


def test_details_appear_with_the_focus_and_under_the_pointer(open_report):
    page = open_report()
    tiles = page.locator("[data-live=errors] .tile")
    tiles.first.focus()
    details = page.get_by_role("tooltip")
    expect(details).to_contain_text("index294")
    expect(details).to_contain_text("writer9")
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    tiles.nth(1).hover()
    expect(details).to_contain_text("index287")


def test_predictions_are_saved_as_csv(open_report, evaluation, tmp_path):
    page = open_report()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download made-predictions.csv (300 rows)").click()
    download.value.save_as(tmp_path / "saved.csv")
    with (tmp_path / "saved.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["index"] for row in rows] == [str(i) for i in range(N_IMAGES)]
    assert [int(row["prediction"]) for row in rows] == evaluation.proba.argmax(axis=1).tolist()
    proba = [[float(row[f"p({name})"]) for name in range(10)] for row in rows]
    np.testing.assert_allclose(proba, evaluation.proba, atol=1e-6)
    assert rows[35]["writer"] == "1"


def test_the_page_fits_a_phone(open_report):
    page = open_report(size=PHONE)
    cell(page, 0, 1).get_by_role("button").click()
    page.locator("#cell .tile").first.focus()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_page_is_readable_without_javascript(open_report, evaluation):
    page = open_report(script=False)
    expect(cell(page, 7, 8)).to_have_text(str(wrong_pairs(evaluation).count((7, 8))))
    expect(page.locator("[data-live=errors] img")).to_have_count(len(evaluation.accuracy.wrong))
    expect(page.get_by_text("Downloading needs JavaScript")).to_be_visible()


def test_a_comparison_shows_the_matrix_of_the_chosen_method(open_report, evaluation, tmp_path):
    digits, proba = evaluation.digits, evaluation.proba
    right = np.eye(10, dtype=np.float32)[digits.labels]
    entries = tuple(
        ComparisonEntry(
            title, Trial(each, digits.labels, 1, 1, 1, 1), digit_accuracy(each, digits.y)
        )
        for title, each in (("right", right), ("brightness", proba))
    )
    path = tmp_path / "comparison.html"
    comparison = Comparison(entries, {}, {"test": (30,) * 10}, digits, 1)
    write_comparison_report(path, comparison, data="made")
    page = open_report(path=path)
    expect(page.locator("[data-live=errors]").get_by_role("status")).to_contain_text("0 of 0")
    expect(cell(page, 7, 8)).to_be_empty()
    page.get_by_label("Method").first.select_option("brightness")
    expect(cell(page, 7, 8)).to_have_text(str(wrong_pairs(evaluation).count((7, 8))))
    expect(page.locator("[data-live=errors] .tile")).to_have_count(evaluation.accuracy.n_wrong)
    page.locator("[data-live=errors] .tile").first.focus()
    expect(page.get_by_role("tooltip")).to_contain_text("right4, confidence 1.0000")
