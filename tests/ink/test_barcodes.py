import numpy as np
import pytest

from numerals.ink import find_page_ink
from numerals.ink.barcodes import without_barcodes
from numerals.ink.parts import Part

EAN = (3, 1, 1, 2, 1, 1, 3, 2, 1, 2, 2, 1, 4, 1, 1, 3, 2, 1, 1, 2, 3, 1, 1, 1, 2, 2, 1, 3)


def bars(widths=EAN, height=120, unit=3):
    parts, x = [], 40
    for width in widths:
        parts.append(
            Part(
                (x, 50, x + unit * width, 50 + height),
                np.full((height, unit * width), 255, np.uint8),
            )
        )
        x += unit * (width + 2)
    return parts


def test_a_barcode_goes_and_what_is_beside_it_stays():
    digit = Part((700, 80, 740, 140), np.full((60, 40), 255, np.uint8))
    assert without_barcodes([*bars(), digit]) == [digit]


def test_bars_that_are_a_little_longer_belong_to_it():
    parts = bars()
    for i in (0, 13, 27):
        x_min, y_min, x_max, _ = parts[i].box
        parts[i] = Part(
            (x_min, y_min, x_max, y_min + 132), np.full((132, x_max - x_min), 255, np.uint8)
        )
    assert without_barcodes(parts) == []


@pytest.mark.parametrize("n", [1, 5, 12])
def test_ones_in_a_row_are_none(n):
    ones = bars((2,) * n)
    assert without_barcodes(ones) == ones


def test_strokes_that_are_not_straight_are_none():
    wavy = []
    for part in bars((6,) * 20):
        mask = np.zeros_like(part.mask)
        for y in range(mask.shape[0]):
            left = round(6 + 6 * np.sin(y / 12))
            mask[y, left : left + 6] = 255
        wavy.append(Part(part.box, mask))
    assert without_barcodes(wavy) == wavy


def test_numbers_above_a_large_barcode_are_found(draw):
    page = np.full((700, 900), 240, np.uint8)
    number = draw("27182", margin=10)
    page[60 : 60 + number.shape[0], 60 : 60 + number.shape[1]] = number
    x = 80
    for width in EAN + EAN:
        page[350:650, x : x + 3 * width] = 20
        x += 3 * (width + 1)
    assert [len(line.parts) for line in find_page_ink(page).lines] == [5]
