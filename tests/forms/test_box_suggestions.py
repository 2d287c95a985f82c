"""Suggested boxes: on drawn forms, on the example form, and on a filled, tilted one."""

import cv2
import numpy as np
import pytest
from drawn_forms import BOXES, CELLS, Camera, blank_form, take_scan

from numerals.example_pictures import find_examples
from numerals.forms import load_template, new_template, suggest_boxes
from numerals.images import load_picture

EXAMPLES = find_examples() / "form"


def overlap(a, b) -> float:
    """Return the intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0, width) * max(0, height)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return shared / (sum(areas) - shared)


def test_boxes_and_comb_of_a_drawn_form_are_suggested():
    found = suggest_boxes(blank_form())
    for i, box in enumerate(BOXES):
        best = max(found, key=lambda each: overlap(each.box, box))
        assert overlap(best.box, box) > 0.9
        assert best.cells == (0 if i else CELLS)
    assert len(found) == len(BOXES)


def test_boxes_of_the_example_are_those_of_its_template():
    template = load_template(EXAMPLES / "form.toml")
    found = suggest_boxes(template.reference)
    assert len(found) == len(template.fields)
    for field in template.fields:
        best = max(found, key=lambda each: overlap(each.box, field.box))
        assert overlap(best.box, field.box) > 0.9 and best.cells == field.cells
        assert np.abs(np.subtract(best.box, field.box)).max() <= 3


@pytest.mark.parametrize("name", ["sheet-1.jpg", "sheet-2.jpg"])
def test_filled_photograph_becomes_a_level_template(name):
    template = new_template(load_picture(EXAMPLES / name))
    assert template.filled
    assert [field.cells for field in template.fields if field.cells] == [6, 8]
    assert len(template.fields) == 9
    crew, date, *_ = template.fields
    assert abs(crew.box[1] - date.box[1]) <= 2, "boxes of one row are level"


def test_turned_form_becomes_upright():
    scan = take_scan(blank_form(), Camera(turn=3, tilt=0.03, scale=0.9))
    template = new_template(load_picture(np.rot90(scan, -1)), turn=90)
    height, width = template.reference.shape
    assert height > width and not template.filled
    tops = [field.box[1] for field in template.fields]
    assert len(BOXES) <= len(tops) <= len(BOXES) + 1 and tops == sorted(tops)


def test_cells_of_a_table_have_positions_and_labels_are_left_out():
    form = np.full((900, 800), 255, np.uint8)
    for x in (100, 300, 500, 700):
        cv2.line(form, (x, 200), (x, 600), 0, 2)
    for y in range(200, 601, 80):
        cv2.line(form, (100, y), (700, y), 0, 2)
    for i, word in enumerate(("Apples", "Pears", "Plums", "Cherries")):
        cv2.putText(form, word, (115, 335 + 80 * i), cv2.FONT_HERSHEY_DUPLEX, 1.1, 0, 2)
    for i, word in enumerate(("Monday", "Tuesday")):
        cv2.putText(form, word, (325 + 200 * i, 255), cv2.FONT_HERSHEY_DUPLEX, 1.1, 0, 2)
    cells = {(each.row, each.column) for each in suggest_boxes(form) if each.kind == "cell"}
    assert {(row, column) for row in range(1, 5) for column in (1, 2)} <= cells
    assert not {(row, 0) for row in range(1, 5)} & cells


@pytest.mark.parametrize("shape", [(1, 1), (3, 800), (40, 40), (900, 700)])
def test_blank_pictures_have_no_boxes(shape):
    assert suggest_boxes(np.full(shape, 255, np.uint8)) == []
    assert suggest_boxes(np.zeros(shape, np.uint8)) == []
