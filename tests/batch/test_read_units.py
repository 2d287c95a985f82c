"""Units of work are read as whole files are, and can be sent between processes."""

import pickle
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from damaged_tiff import damaged_tiff
from numerals.batch.joined_pages import join_pages
from numerals.batch.read_units import read_unit
from numerals.batch.units import Unit, WorkOptions
from numerals.errors import UnknownNameError
from numerals.reading import AnswerOptions, Reader, ReadOptions, read_file

FORM = Path(__file__).parents[2] / "examples" / "form"
FIELD = WorkOptions(ReadOptions(layout="field"))


@pytest.fixture
def pages(tmp_path, draw):
    """Return a TIFF with the pages 10, 20, 30 and 40."""
    first, *others = [Image.fromarray(draw(text)) for text in ("10", "20", "30", "40")]
    path = tmp_path / "pages.tif"
    first.save(path, save_all=True, append_images=others)
    return path


def unit_of(path, first_page=1, last_page=None):
    return Unit(path.name, str(path), None, first_page, last_page)


def test_a_file_is_read_as_without_units(pages):
    result = read_unit(unit_of(pages), FIELD)
    assert result.file == read_file(Reader(layout="field"), pages, "pages.tif")
    assert [(row.page, row.text) for row in result.rows()] == [
        (1, "10"), (2, "20"), (3, "30"), (4, "40")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "texts"),
    [(1, 2, ("10", "20")), (3, 9, ("30", "40")), (4, None, ("40",)), (2, 2, ("20",))],
)
def test_a_range_of_pages(pages, first, last, texts):
    result = read_unit(unit_of(pages, first, last), FIELD)
    assert result.file.texts == texts
    assert result.file.pages[0].number == first


def test_a_missing_page_is_an_error_of_that_page(pages):
    [row] = read_unit(unit_of(pages, 5, 6), FIELD).rows()
    assert row.page == 5
    assert "expected 1 to 4" in row.error


def test_answer_options_are_applied(pages):
    work = WorkOptions(FIELD.read, AnswerOptions(max_error=0.0))
    assert {row.accepted for row in read_unit(unit_of(pages), work).rows()} == {False}


def test_results_and_errors_can_be_pickled(pages, tmp_path):
    for unit in (unit_of(pages), unit_of(tmp_path / "missing.png")):
        result = read_unit(unit, FIELD)
        copy = pickle.loads(pickle.dumps(result))
        assert list(copy.rows()) == list(result.rows())


def test_errors_with_several_arguments_can_be_pickled():
    with pytest.raises(UnknownNameError) as raised:
        read_unit(Unit("a", "a"), WorkOptions(ReadOptions("klingon")))
    copy = pickle.loads(pickle.dumps(raised.value))
    assert (type(copy), str(copy)) == (type(raised.value), str(raised.value))


def test_forms(tmp_path):
    work = WorkOptions(template=FORM / "form.toml")
    result = read_unit(unit_of(FORM / "sheet-1.jpg"), work)
    texts = {row.field: row.text for row in result.rows()}
    assert (texts["total"], texts["crew_number"]) == ("211", "204817")
    assert result.model
    assert list(pickle.loads(pickle.dumps(result)).rows()) == list(result.rows())


@pytest.fixture
def damaged(pages):
    """Return the TIFF with a page 2 that cannot be decompressed."""
    with Image.open(pages) as picture:
        frames = [frame.copy() for frame in ImageSequence.Iterator(picture)]
    pages.write_bytes(damaged_tiff(frames, [2]))
    return pages


@pytest.mark.parametrize(("first", "last"), [(1, None), (2, 3), (1, 2)])
def test_a_damaged_page_has_a_row_and_the_others_are_read(damaged, first, last):
    texts = ("10", None, "30", "40")[first - 1 : last]
    rows = list(read_unit(unit_of(damaged, first, last), FIELD).rows())
    assert [(row.page, row.text) for row in rows] == list(enumerate(texts, start=first))
    assert ["page 2 of 4" in (row.error or "") for row in rows] == [row.page == 2 for row in rows]


def test_units_with_a_damaged_page_are_joined(damaged):
    units = [unit_of(damaged, 1, 1), unit_of(damaged, 2, 2), unit_of(damaged, 3)]
    [joined] = join_pages(read_unit(unit, FIELD) for unit in units)
    assert list(joined.rows()) == list(read_unit(unit_of(damaged), FIELD).rows())
