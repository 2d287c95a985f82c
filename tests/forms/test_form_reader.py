import json
from dataclasses import replace

import numpy as np
import pytest
from drawn_forms import BOXES, CELLS, NAMES, Camera, blank_form, take_scan, write, write_cells

from numerals.errors import FormError
from numerals.formats import parse_format
from numerals.forms import (
    Field,
    FieldReading,
    FormReader,
    Relation,
    Template,
    make_field_reader,
    matches_format,
    read_form,
)
from numerals.forms.field_reader import sort_by_format
from numerals.images import load_picture
from numerals.models import load_model

RELATIONS = (
    Relation("sum", ("adults", "children", "seniors", "total")),
    Relation("less_or_equal", ("from", "to")),
)
FIELDS = tuple(
    Field(name, box, cells=CELLS if name == "member" else 0)
    for name, box in zip(NAMES, BOXES, strict=True)
)
TEXTS = {
    "phone": "5550142867",
    "adults": "12",
    "children": "7",
    "total": "19",
    "from": "1999",
    "to": "2004",
}
CAMERA = Camera(turn=4, tilt=0.03, shadow=True, scale=1.1, size=(1400, 1800))


@pytest.fixture(scope="module")
def template():
    return Template(blank_form(), FIELDS, RELATIONS)


@pytest.fixture(scope="module")
def scan(template, draw):
    form = write_cells(template.reference, "20 48175", draw)
    for name, text in TEXTS.items():
        form = write(form, BOXES[NAMES.index(name)], draw(text))
    return load_picture(take_scan(form, CAMERA))


@pytest.fixture(scope="module")
def read_field():
    return make_field_reader(load_model("latin"))


@pytest.fixture(scope="module")
def result(template, scan, read_field):
    return read_form(template, scan, read_field)


def always(*options):
    readings = [FieldReading(*option) for option in options]
    return lambda gray, format: readings


def by_name(result):
    return {field.name: field for field in result.fields}


def test_reads_a_form(result):
    assert result.texts == TEXTS | {"member": "2048175", "seniors": ""}
    assert [relation.holds for relation in result.relations] == [True, True]
    assert result.doubtful() == ("member",)  # one of its cells is empty
    assert result.agreement > 0.9


def test_boxes_are_in_pixels_of_the_scan(template, scan, result, read_field):
    half = replace(scan, scale=2.0)  # as if it had been reduced when it was decoded
    one, two = result.fields[3], read_form(template, half, read_field).fields[3]
    assert two.box == pytest.approx([2 * v for v in one.box], abs=2)
    x_min, y_min, x_max, y_max = one.box
    assert all(x_min <= x <= x_max and y_min <= y <= y_max for x, y in one.corners)


def test_blank_fields_are_not_read(template, scan):
    seen = []
    reader = FormReader(template, lambda gray, format: seen.append(gray) or [])
    result = by_name(reader.read(scan))
    assert len(seen) == len(TEXTS) + 7  # plus seven cells
    assert all(gray.dtype == np.uint8 and gray.ndim == 2 for gray in seen)
    assert (result["seniors"].confidence, result["seniors"].accepted) == (1.0, True)
    assert result["adults"].accepted is False
    assert "could not be read" in result["adults"].note


def test_fields_are_read_with_their_formats_and_cells_as_digits(template, scan):
    fields = tuple(
        replace(field, format="digits:10" if field.name in ("phone", "member") else None)
        for field in FIELDS
    )
    formats = []
    FormReader(
        replace(template, fields=fields), lambda gray, format: formats.append(format) or []
    ).read(scan)
    assert formats == ["digits:1"] * 7 + ["digits:10"] + [None] * 5


def test_joined_cells_are_checked_against_the_format(template, scan):
    field = replace(FIELDS[0], format="range:1111117-1111119")
    one = Template(template.reference, (field,))
    read = always(("1", 0.9), ("7", 0.1))
    plain = FormReader(one, read).read(scan).fields[0]
    checked = FormReader(one, read, check=matches_format).read(scan)
    assert (plain.text, plain.changed) == ("1111111", False)
    assert (checked.fields[0].text, checked.fields[0].changed) == ("1111117", True)


def test_an_empty_required_field_is_not_accepted(template, scan, read_field):
    field = replace(FIELDS[4], required=True)
    result = read_form(Template(template.reference, (field,)), scan, read_field)
    assert result.fields[0].note == "is required, but empty"
    assert result.doubtful() == ("seniors",)


def test_a_relation_repairs_a_misread_field(template, draw):
    form = template.reference
    for name in ("adults", "children", "total"):
        form = write(form, BOXES[NAMES.index(name)], draw("1"))
    readings = iter(
        [
            [FieldReading("3", 0.6), FieldReading("8", 0.3)],
            [FieldReading("4", 0.9)],
            [FieldReading("12", 0.9)],
        ]
    )
    reader = FormReader(template, lambda gray, format: next(readings))
    result = reader.read(load_picture(take_scan(form, CAMERA)))
    adults = by_name(result)["adults"]
    assert (adults.text, adults.changed, adults.confidence) == ("8", True, 0.3)
    assert [other.text for other in adults.alternatives] == ["3"]
    assert result.relations[0].holds is True
    assert result.doubtful() == ("adults",)


def test_fields_of_a_broken_relation_are_doubtful(template, scan):
    reader = FormReader(template, always(("5", 0.9)))
    result = reader.read(scan)
    assert result.relations[0].holds is False
    assert {"adults", "children", "seniors", "total"} <= set(result.doubtful())
    assert "phone" not in result.doubtful()
    assert "phone" in result.doubtful(0.95)


def test_a_field_outside_the_image_is_reported(template, scan, read_field):
    cut = load_picture(np.ascontiguousarray(scan.pixels[:1300]))
    result = by_name(read_form(template, cut, read_field))
    assert result["to"].note == "is outside the image"
    assert (result["to"].text, result["to"].accepted) == ("", False)
    assert result["adults"].text == "12"


def test_an_image_without_the_form_is_refused(template, draw, read_field):
    with pytest.raises(FormError, match=r"<array>: the scan does not show the form"):
        read_form(template, load_picture(draw("12345")), read_field)


def test_a_template_without_print_is_refused(read_field):
    empty = Template(np.full((300, 400), 255, np.uint8), FIELDS[:1], source="form.toml")
    with pytest.raises(FormError, match=r"form\.toml: the reference has too little print"):
        FormReader(empty, read_field)


def test_to_dict_is_json(result):
    found = json.loads(json.dumps(result.to_dict()))
    assert [field["name"] for field in found["fields"]] == list(NAMES)
    assert found["relations"][1] == {"relation": "from <= to", "holds": True}


def test_the_field_reader_returns_alternatives(draw, read_field):
    readings = read_field(draw("7123   456"), None)
    assert readings[0].text == "7123 456"
    assert all(reading.text.count(" ") == 1 for reading in readings)
    assert len({reading.text for reading in readings}) == len(readings) > 3
    probabilities = [reading.probability for reading in readings]
    assert probabilities == sorted(probabilities, reverse=True)
    assert read_field(np.full((60, 200), 240, np.uint8), None) == []


def test_readings_that_match_the_format_come_first():
    given = [FieldReading("13", 0.6), FieldReading("12", 0.3), FieldReading("11", 0.001)]
    found = sort_by_format(given, parse_format("range:11-12"))
    assert [(r.text, r.accepted, r.changed) for r in found] == [
        ("12", True, True),
        ("13", False, False),
        ("11", False, False),  # too improbable
    ]
    assert sort_by_format(given, parse_format("digits:2"))[0] == given[0]


def test_no_reading_is_accepted_if_none_matches_the_format(draw, read_field):
    readings = read_field(draw("71"), "digits:3")
    assert readings[0].text == "71"
    assert not any(reading.accepted for reading in readings)
