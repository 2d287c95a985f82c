"""Readings in a notebook: short texts, tables, and the picture that was read."""

import pickle
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from numerals.reading import Reader, previews
from numerals.records import Digit, Line, Page


@pytest.fixture(scope="module")
def reader():
    return Reader()


def make_page(text="<b>7", source="<script>"):
    digit = Digit(text[-1], 0.98, (40, 20, 60, 50), (("1", 0.02), ("\ufffd", 0.001)))
    line = Line(text, 0.9, digit.box, (digit,), accepted=False)
    return Page((line,), 200, 150, source)


def picture_of(html):
    [base64] = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', html)
    content = np.frombuffer(__import__("base64").b64decode(base64), np.uint8)
    return cv2.imdecode(content, cv2.IMREAD_COLOR)


def test_texts_are_one_short_line_each():
    page = make_page()
    assert repr(page) == "Page(<script>: 1 line, confidence 0.900, text '?')"
    assert repr(page.lines[0]) == (
        "Line('<b>7', confidence=0.900, box=(40, 20, 60, 50), accepted=False)"
    )
    assert repr(page.lines[0].digits[0]) == "Digit('7', confidence=0.980, box=(40, 20, 60, 50))"
    many = replace(page, lines=(replace(page.lines[0], accepted=None, text="5" * 30),) * 50)
    assert len(repr(many)) < 140


def test_html_escapes_what_was_read():
    page = make_page()
    for html in (page._repr_html_(), page.lines[0]._repr_html_()):
        assert "<script>" not in html and "<b>7" not in html
    assert "&lt;script&gt;" in page._repr_html_()
    assert "rejected" in page._repr_html_()
    assert "1 0.020, ? 0.001" in page.lines[0].digits[0]._repr_html_()


def test_without_a_picture_boxes_are_drawn_on_white():
    drawn = picture_of(make_page()._repr_html_())
    assert drawn.shape == (240, 320, 3)
    assert (drawn > 250).mean() > 0.8 and (drawn < 150).any()
    assert "no numbers found" in Page((), 200, 150)._repr_html_()


def test_a_file_is_decoded_again_while_it_is_there(reader, draw, tmp_path):
    path = tmp_path / "number.png"
    cv2.imwrite(str(path), draw("4711"))
    page = reader.read(path)
    height, width = draw("4711").shape
    shown = picture_of(page._repr_html_())
    assert shown.shape[1] / shown.shape[0] == pytest.approx(width / height, rel=0.02)
    assert shown.min() < 80  # ink
    assert picture_of(page.lines[0]._repr_html_()).min() < 80
    assert picture_of(pickle.loads(pickle.dumps(page))._repr_html_()).min() < 80
    cv2.imwrite(str(path), draw("4711")[:, :-9])  # boxes no longer fit
    assert page.preview(500) is None
    path.unlink()
    assert "no numbers" not in page._repr_html_()
    assert page == replace(page, preview=None)


def test_pictures_of_arrays_and_bytes_are_kept_for_the_last_readings(reader, draw, monkeypatch):
    monkeypatch.setattr(previews, "_kept", type(previews._kept)(maxlen=2))
    array = draw("42")
    pages = [reader.read(array), reader.read(cv2.imencode(".png", array)[1].tobytes())]
    pages += list(reader.read_pages(array))
    assert [page.preview(100) is None for page in pages] == [True, False, False]
    pixels, scale = pages[-1].preview(100)
    assert pixels.shape[2] == 3
    assert pixels.shape[1] * scale == pytest.approx(pages[-1].width, abs=2)
