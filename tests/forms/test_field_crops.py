import cv2
import numpy as np
import pytest
from drawn_forms import BOXES, CELLS, NAMES, Camera, blank_form, corners, take_scan, write

from numerals.forms import Field, Reference, Template
from numerals.forms.field_crops import FieldCutter, is_blank

CAMERA = Camera(turn=6, tilt=0.04, shadow=True, scale=1.1, size=(1500, 1900))
FIELDS = tuple(Field(name, box) for name, box in zip(NAMES, BOXES, strict=True))


@pytest.fixture(scope="module")
def template():
    return Template(blank_form(), FIELDS)


def cut(template, form, camera=CAMERA):
    scan = take_scan(form, camera)
    written = BOXES if template.filled else ()
    registration = Reference(template.reference, written).register(scan)
    cutter = FieldCutter(template)
    return {field.name: cutter.cut(scan, registration, field) for field in template.fields}


def height(crop):
    return crop.inner[3] - crop.inner[1]


def test_fields_of_the_blank_form_are_blank(template):
    for name, crop in cut(template, template.reference).items():
        assert is_blank(crop.gray, height(crop)), name
        assert np.ptp(cv2.GaussianBlur(crop.gray, (0, 0), 2)) < 60  # illumination only


def test_writing_across_print_is_kept(template, draw):
    form = write(template.reference, BOXES[0], draw("5550"))  # across the dividers of the cells
    form = write(form, BOXES[4], draw("1"), share=1.3)  # across the border
    for name, crop in cut(template, form).items():
        assert is_blank(crop.gray, height(crop)) == (name not in ("member", "seniors")), name


def test_faint_pencil_is_not_blank(template, draw):
    pencil = 255 - (255 - draw("27").astype(float)) * 0.35
    crop = cut(template, write(template.reference, BOXES[2], pencil))["adults"]
    assert not is_blank(crop.gray, height(crop))


@pytest.mark.parametrize("scale", [0.6, 1.5])
def test_a_crop_has_the_resolution_of_the_scan(template, scale):
    size = (int(1200 * scale), int(1600 * scale))
    crop = cut(template, template.reference, Camera(scale=scale, size=size))["total"]
    x_min, y_min, x_max, y_max = crop.inner
    assert x_max - x_min == pytest.approx(500 * scale, abs=3)
    assert y_max - y_min == pytest.approx(70 * scale, abs=3)
    assert min(x_min, y_min, crop.gray.shape[1] - x_max, crop.gray.shape[0] - y_max) > 5


def test_corners_are_in_pixels_of_the_scan(template):
    crops = cut(template, template.reference)
    for field in FIELDS:
        true = cv2.perspectiveTransform(corners(field.box)[None], CAMERA.matrix())[0]
        np.testing.assert_allclose(crops[field.name].corners, true, atol=2)


def test_the_margin_overlaps_no_other_field():
    above, below = Field("above", (430, 520, 930, 590)), Field("below", (430, 592, 930, 690))
    template = Template(blank_form(), (above, below))
    crop = cut(template, template.reference, Camera())["above"]
    assert crop.gray.shape[0] - crop.inner[3] <= 3
    assert crop.inner[1] > 10


def test_cells_divide_the_box(template):
    crop = cut(template, template.reference)["member"]
    cells = crop.cells(CELLS)
    assert len(cells) == CELLS
    assert all(is_blank(cell, height(crop)) for cell in cells)
    assert len({cell.shape[0] for cell in cells}) == 1


def test_fields_of_a_filled_reference_are_cropped_inside_their_borders(template, draw):
    filled = template.reference
    for box in BOXES[1:]:
        filled = write(filled, box, draw("84"))
    other = Template(filled, FIELDS[1:], filled=True)
    crops = cut(other, write(template.reference, BOXES[3], draw("6")))
    for name, crop in crops.items():
        assert is_blank(crop.gray, height(crop)) == (name != "children"), name


@pytest.mark.parametrize("light", [40, 128, 250])
def test_paper_without_ink_is_blank_in_any_light(light):
    rng = np.random.default_rng(0)
    slope = np.linspace(0.7, 1, 300)[None] * light
    paper = (slope + rng.normal(0, 2, (60, 300))).clip(0, 255).astype(np.uint8)
    assert is_blank(paper, 50)
    cv2.line(paper, (100, 20), (110, 45), light * 0.4, 3)
    assert not is_blank(paper, 50)
