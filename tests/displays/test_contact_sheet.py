import cv2
import numpy as np
import pytest

from numerals.records import Digits
from numerals.reports.contact_sheet import write_contact_sheet
from numerals.scripts import SCRIPTS


def test_each_class_has_a_row(strokes):
    sheet = strokes.contact_sheet(columns=3)
    assert sheet.dtype == np.uint8
    assert sheet.shape[0] > 10 * 48
    assert sheet[0].min() == sheet[:, 0].min() == 255  # margin
    smaller = strokes.contact_sheet(rows=4, columns=2)
    assert smaller.shape[0] < sheet.shape[0]
    assert smaller.shape[1] < sheet.shape[1]


def test_random_state_seeds_the_choice(strokes):
    one, same, other = (strokes.contact_sheet(columns=2, random_state=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


@pytest.mark.parametrize("shape", [(0, 28, 28), (3, 1, 1), (3, 40, 7), (3, 200, 200), (2, 0, 0)])
def test_images_of_any_shape_are_drawn(shape):
    digits = Digits(np.zeros(shape, np.uint8), np.arange(shape[0]), SCRIPTS["kannada"])
    assert digits.contact_sheet().ndim == 2
    unlabelled = Digits(digits.images, digits.labels * 0 - 1)
    assert unlabelled.contact_sheet(columns=2).ndim == 2


def test_ink_is_drawn_dark():
    sheet = Digits(np.full((1, 28, 28), 255, np.uint8), np.array([-1])).contact_sheet()
    assert (sheet == 0).sum() == 46 * 46


def test_rows_must_be_positive(strokes):
    with pytest.raises(ValueError, match="at least 1"):
        strokes.contact_sheet(rows=0)


def test_sheet_is_written_as_png(tmp_path, strokes):
    write_contact_sheet(strokes, tmp_path / "sheet.png", columns=4)
    written = cv2.imread(str(tmp_path / "sheet.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(written, strokes.contact_sheet(columns=4))
    assert [item.name for item in tmp_path.iterdir()] == ["sheet.png"]
