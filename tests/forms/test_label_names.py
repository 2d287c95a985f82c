"""Fields are named by the texts of a PDF."""

import pytest

from numerals.forms import load_template, new_template, write_template
from numerals.forms.label_names import clean_label, make_unique, name_by_labels
from numerals.images import load_picture
from numerals.images.printed_texts import PrintedText, load_printed_texts

LABELS = ("Crew number:", "Adults", "Children", "Total .....")


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    """Return a form that a program exported: labels to the left of boxes, one of them above."""
    pyplot = pytest.importorskip("matplotlib.pyplot", reason="needs numerals[lab]")
    figure = pyplot.figure(figsize=(8, 6))
    figure.text(0.1, 0.9, "Ferry sheet", size=24)
    figure.text(0.1, 0.84, "To be handed in every evening. 12 boxes. Please write clearly.", size=9)
    for i, label in enumerate(LABELS):
        y = 0.7 - 0.14 * i
        figure.text(0.1, y + 0.025, label, size=13)
        box = pyplot.Rectangle((0.4, y), 0.4, 0.08, fill=False, transform=figure.transFigure)
        figure.add_artist(box)
    path = tmp_path_factory.mktemp("pdf") / "form.pdf"
    figure.savefig(path)
    pyplot.close(figure)
    return path


def test_texts_of_a_pdf_are_read(pdf):
    texts = {each.text: each.box for each in load_printed_texts(pdf)}
    assert {"Ferry sheet", "Adults", "Children"} <= set(texts)
    x_min, y_min, _, y_max = texts["Ferry sheet"]
    assert x_min == pytest.approx(0.1, abs=0.02) and 0.05 < y_min < y_max < 0.12


def test_fields_of_a_pdf_have_the_names_of_their_labels(pdf, tmp_path):
    template = new_template(load_picture(pdf), texts=load_printed_texts(pdf))
    assert [field.name for field in template.fields] == [
        "Crew number",
        "Adults",
        "Children",
        "Total",
    ]
    write_template(tmp_path / "a.toml", template, str(pdf))
    assert load_template(tmp_path / "a.toml").fields == template.fields


def test_pictures_have_no_texts(tmp_path):
    assert load_printed_texts(b"\x89PNG\r\n\x1a\n") == []


def test_nearest_label_is_used():
    texts = [
        PrintedText("Start", (0.1, 0.10, 0.2, 0.14)),
        PrintedText("End", (0.5, 0.10, 0.58, 0.14)),
        PrintedText("Above", (0.1, 0.40, 0.2, 0.44)),
    ]
    boxes = [(220, 90, 400, 150), (600, 90, 900, 150), (100, 460, 300, 520), (500, 800, 600, 860)]
    assert name_by_labels(boxes, texts, (1000, 1000)) == ["Start", "End", "Above", ""]


def test_text_beyond_another_box_is_no_label():
    texts = [PrintedText("Date", (0.05, 0.1, 0.1, 0.14))]
    boxes = [(110, 90, 200, 150), (220, 90, 300, 150)]
    assert name_by_labels(boxes, texts, (1000, 1000)) == ["Date", ""]


def test_labels_are_clean_and_unique():
    assert clean_label(" Crew  number : ") == "Crew number"
    assert (
        clean_label("12)") == "" and clean_label("\x00") == "" and len(clean_label("a" * 99)) == 40
    )
    assert make_unique(["a", "", "a", "error", ""]) == ["a", "", "a 2", "error 2", ""]
