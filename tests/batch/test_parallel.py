"""Units are read by several processes, in order; a process that dies costs at most one file."""

import sys

import pytest
from dying_reader import die_once, read_or_die
from PIL import Image

from numerals.batch.joined_pages import join_pages
from numerals.batch.parallel import UNITS_PER_PROCESS, read_parallel
from numerals.batch.read_units import read_unit
from numerals.batch.units import Unit, WorkOptions
from numerals.errors import ModelError
from numerals.reading import ReadOptions

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
FIELD = WorkOptions(ReadOptions(layout="field"))


def units(*names, location=""):
    return [Unit(name, location) for name in names]


def test_results_are_those_of_one_process_in_the_same_order(draw, tmp_path):
    given = []
    for text in ("12", "345", "6", "78901"):
        Image.fromarray(draw(text)).save(tmp_path / f"{text}.png")
        given.append(Unit(text, str(tmp_path / f"{text}.png")))
    given.append(Unit("missing", str(tmp_path / "missing.png")))
    found = list(read_parallel(iter(given), FIELD, 2))
    rows = [row for result in found for row in result.rows()]
    assert rows == [row for unit in given for row in read_unit(unit, FIELD).rows()]
    assert [row.text for row in rows] == ["12", "345", "6", "78901", None]


@posix
def test_a_file_that_kills_its_process_is_a_failed_file():
    names = [f"{i}-poison" if i in (3, 40) else str(i) for i in range(60)]
    found = list(read_parallel(units(*names), WorkOptions(), 2, read_or_die))
    assert [result.unit.name for result in found] == names
    failed = [r.unit.name for r in found if "the process that read it ended" in str(r.file.errors)]
    assert failed == ["3-poison", "40-poison"]


@posix
def test_a_process_that_is_killed_costs_no_file(tmp_path):
    mark = tmp_path / "mark"
    mark.touch()
    names = [str(i) for i in range(50)]
    found = list(read_parallel(units(*names, location=str(mark)), WorkOptions(), 2, die_once))
    assert [result.unit.name for result in found] == names
    assert {str(result.file.errors[0]) for result in found} == {"read"}


@posix
def test_processes_that_die_one_after_the_other_are_an_error():
    with pytest.raises(ModelError, match="lower --jobs"):
        list(read_parallel(units(*["poison"] * 5), WorkOptions(), 2, read_or_die))


def test_errors_of_options_end_the_batch():
    with pytest.raises(ModelError, match="no such model"):
        list(read_parallel(units("1", "model"), WorkOptions(), 2, read_or_die))


def test_few_units_are_in_memory():
    n_listed = 0

    def listing():
        nonlocal n_listed
        for n_listed in range(1, 200):
            yield Unit(str(n_listed), "")

    results = read_parallel(listing(), WorkOptions(), 2, read_or_die)
    for n_read, _ in enumerate(results, start=1):
        assert n_listed <= n_read + 2 * UNITS_PER_PROCESS
    assert n_listed == 199


def test_pages_of_units_are_joined_to_files(draw, tmp_path):
    first, *others = [Image.fromarray(draw(text)) for text in ("10", "20", "30")]
    path = str(tmp_path / "a.tif")
    first.save(path, save_all=True, append_images=others)
    parts = [Unit(path, path, None, 1, 1), Unit(path, path, None, 2, 2), Unit(path, path, None, 3)]
    [joined] = join_pages(read_unit(unit, FIELD) for unit in parts)
    assert joined.file == read_unit(Unit(path, path), FIELD).file
    missing = Unit(path, path, None, 9, 9)
    [failed] = join_pages(read_unit(unit, FIELD) for unit in (parts[0], missing, parts[2]))
    assert failed.file.texts == ("10", "30")
    assert "expected 1 to 3" in str(failed.file.errors)
