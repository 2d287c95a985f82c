"""Annotated pictures: colors by confidence, and the paths that they are written to."""

from pathlib import Path

import numpy as np
import pytest

from numerals.displays.boxes import confidence_color
from numerals.errors import DataError
from numerals.output.annotate import annotate
from numerals.output.picture_files import annotated_picture_paths, write_picture
from numerals.records import Digit, Line, Page


def page(number=1, text="7", confidence=1.0):
    digit = Digit(text, confidence, (40, 20, 60, 50))
    return Page((Line(text, confidence, digit.box, (digit,)),), 200, 150, number=number)


def test_colors_run_from_red_to_green():
    red, amber, green = (confidence_color(value) for value in (0, 0.5**0.5, 1))
    assert red[0] > 200 and red[1] < 50
    assert amber[0] > 200 and amber[1] > 100
    assert green[0] < 50 and green[1] > 100
    assert confidence_color(2) == green


def test_a_digit_is_drawn_around_its_box_and_the_picture_is_not_modified():
    pixels = np.full((150, 200, 3), 255, np.uint8)
    drawn = annotate(pixels, page())
    assert (pixels == 255).all()
    changed_rows = np.flatnonzero((drawn != 255).any(axis=(1, 2)))
    assert changed_rows.min() < 20 and changed_rows.max() > 50
    assert (drawn[25:45, 43:57] == 255).all()


@pytest.mark.parametrize(("text", "same_as"), [("೭", "7"), ("१", "1"), ("x", "x")])
def test_digits_of_other_scripts_are_drawn_as_ascii(text, same_as):
    pixels = np.full((150, 200, 3), 255, np.uint8)
    np.testing.assert_array_equal(
        annotate(pixels, page(text=text)), annotate(pixels, page(text=same_as))
    )


def test_boxes_are_scaled_to_the_picture():
    pixels = np.full((75, 100, 3), 255, np.uint8)
    changed = (annotate(pixels, page(), scale=2) != 255).any(axis=2)
    assert np.flatnonzero(changed.any(axis=0)).min() == pytest.approx(20, abs=4)


def test_one_page_is_written_to_the_named_picture_and_several_to_a_folder(tmp_path):
    out = tmp_path / "seen.png"
    assert annotated_picture_paths("scan.pdf", [page()], out) == [out]
    assert annotated_picture_paths("in/scan.pdf", [page(1), page(2)], out) == [
        tmp_path / "seen" / "scan-pdf-1.png",
        tmp_path / "seen" / "scan-pdf-2.png",
    ]
    assert annotated_picture_paths("scan.jpg", [page()], Path("seen")) == [
        Path("seen/scan-jpg.png")
    ]


def test_a_picture_that_cannot_be_written_is_named(tmp_path):
    write_picture(np.zeros((4, 4, 3), np.uint8), tmp_path / "new" / "a.png")
    assert (tmp_path / "new" / "a.png").stat().st_size > 0
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises((DataError, OSError), match="file"):
        write_picture(np.zeros((4, 4, 3), np.uint8), tmp_path / "file" / "a.png")
