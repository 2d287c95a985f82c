import json

import numpy as np
import pytest
from drawn_forms import BOXES, Camera, blank_form, take_scan
from PIL import Image

from damaged_tiff import damaged_tiff
from numerals.errors import FormError, ImageError
from numerals.forms import (
    Field,
    FieldReading,
    FormReader,
    Template,
    form_columns,
    form_row,
    read_form_file,
)

CAMERA = Camera(turn=1, scale=0.7, size=(800, 1100))


@pytest.fixture(scope="module")
def reader():
    form = blank_form()
    form[BOXES[1][1] + 20 : BOXES[1][3] - 20, 500:510] = 0  # not blank
    template = Template(form, (Field("a", BOXES[1]), Field("b", BOXES[2])), filled=True)
    return FormReader(template, lambda gray, format: [FieldReading("7", 0.8)])


@pytest.fixture(scope="module")
def scan(reader):
    return take_scan(reader.template.reference, CAMERA)


def read(reader, source):
    return list(read_form_file(reader, source, "scan"))


def test_a_scan_is_a_row(reader, scan):
    [found] = read(reader, scan)
    assert form_columns(reader.template) == ("file", "a", "b", "doubtful", "error")
    assert form_row(found, reader.template) == ("scan", "7", "", "", "")
    assert form_row(found, reader.template, 0.9) == ("scan", "7", "", "a", "")
    assert found.to_dict()["source"] == "scan"


def test_each_page_is_read_as_a_form(reader, scan, tmp_path):
    pages = [Image.fromarray(p) for p in (scan, np.full_like(scan, 250), scan)]
    pages[0].save(tmp_path / "scans.tif", save_all=True, append_images=pages[1:])
    found = read(reader, tmp_path / "scans.tif")
    assert [result.source for result in found] == ["scan#1", "scan#2", "scan#3"]
    assert [result.form is None for result in found] == [False, True, False]
    assert isinstance(found[1].error, FormError)
    assert "page 2" in str(found[1].error)
    source, *values, doubtful, error = form_row(found[1], reader.template)
    assert (source, values, doubtful) == ("scan#2", ["", ""], "")
    assert "does not show the form" in error


def test_a_file_that_is_not_an_image_is_reported(reader):
    [found] = read(reader, b"nothing")
    assert isinstance(found.error, ImageError)
    assert json.loads(json.dumps(found.to_dict())) == {"source": "scan", "error": str(found.error)}


@pytest.mark.parametrize("n_damaged", [1, 3])
def test_damaged_pages_are_accounted_for(reader, tmp_path, n_damaged):
    path = tmp_path / "pages.tif"
    pages = [Image.new("L", (50, 50)) for _ in range(5)]
    path.write_bytes(damaged_tiff(pages, range(2, 2 + n_damaged)))
    scans = read(reader, path)
    assert [scan.source for scan in scans] == [f"scan#{number}" for number in range(1, 6)]
    assert isinstance(scans[0].error, FormError)
    assert all("of 5: is damaged" in str(scan.error) for scan in scans[1 : 1 + n_damaged])
    if n_damaged == 1:
        assert all(isinstance(scan.error, FormError) for scan in scans[2:])
    else:  # after three in a row, the rest is given up
        assert "page 5: not read, because page 4" in str(scans[4].error)
