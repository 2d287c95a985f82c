"""Templates by name in a folder: saving, loading, pictures, hostile values."""

import stat
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from drawn_forms import BOXES, NAMES, blank_form

from numerals.errors import DataError, DataNotFoundError, NumeralsError
from numerals.forms import TemplateFolder, load_template, template_values
from numerals.forms.template_folder import MAX_DRAFTS
from numerals.forms.template_values import MAX_FIELDS

VALUES = {
    "filled": False,
    "decimal": None,
    "fields": [
        {"name": name, "box": list(box), "cells": 8 if name == "member" else 0}
        for name, box in zip(NAMES, BOXES, strict=True)
    ],
    "relations": [
        {"sum": ["adults", "children", "seniors"], "equals": "total"},
        {"less_or_equal": ["from", "to"]},
    ],
}


@pytest.fixture
def folder(tmp_path):
    return TemplateFolder(tmp_path / "templates")


def save(folder, name="Ferry sheet", **changes):
    return folder.save(name, VALUES | changes, folder.add_picture(blank_form()))


def test_saved_template_is_loaded_with_its_picture(folder):
    saved = save(folder)
    loaded = folder.load("Ferry sheet")
    assert loaded.fields == saved.fields and loaded.relations == saved.relations
    assert np.array_equal(loaded.reference, blank_form())
    assert load_template(folder.path("Ferry sheet")).fields == saved.fields
    (summary,) = folder.summaries()
    assert (summary.name, summary.fields, summary.relations) == ("Ferry sheet", 8, 2)


def test_values_make_the_same_template_again(folder):
    values = template_values(save(folder))
    assert folder.save("Copy", values, folder.add_picture(blank_form())).fields == (
        folder.load("Ferry sheet").fields
    )


def test_files_are_private(folder):
    save(folder)
    for path in folder.path("Ferry sheet").parent.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_picture_stays_unless_another_one_is_given(folder):
    save(folder)
    assert folder.save("Ferry sheet", VALUES).reference.shape == blank_form().shape
    save(folder, decimal=",")
    assert len(list(folder.path("Ferry sheet").parent.glob("*.png"))) == 1
    with pytest.raises(DataNotFoundError):
        folder.save("New", VALUES)


def test_deleted_template_leaves_no_files(folder):
    fields = [{**VALUES["fields"][0], "roster": ["1017", "1022"]}, *VALUES["fields"][1:]]
    save(folder, fields=fields)
    save(folder, "Ferry sheet 2")
    folder.delete("Ferry sheet")
    assert folder.names() == ["Ferry sheet 2"]
    folder.delete("Ferry sheet 2")
    assert [p.name for p in folder._folder.iterdir() if p.is_file()] == [".lock"]
    with pytest.raises(DataNotFoundError):
        folder.delete("Ferry sheet")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a\\b", " a", "a ", "a" * 81, "a\n"]
)
def test_names_that_are_no_file_names_are_refused(folder, name):
    with pytest.raises(DataError):
        save(folder, name)
    with pytest.raises(DataNotFoundError):
        folder.load(name)
    with pytest.raises(DataNotFoundError):
        folder.picture(name)


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": []},
        {"fields": "all"},
        {"fields": [7]},
        {"fields": [{"name": "a"}]},
        {"fields": [{"name": "a", "box": [0, 0, 5000, 50]}]},
        {"fields": [{"name": "a", "box": [0.5, 0, 50, 50]}]},
        {"fields": [{"name": "a\ud800", "box": [0, 0, 50, 50]}]},
        {"fields": [{"name": "a\nb", "box": [0, 0, 50, 50]}]},
        {"fields": [{"name": "a", "box": [0, 0, 50, 50], "format": "roster:/etc/passwd"}]},
        {"fields": [{"name": "a", "box": [0, 0, 50, 50], "format": "nothing"}]},
        {"fields": [{"name": f"a{i}", "box": [0, 0, 50, 50]} for i in range(MAX_FIELDS + 1)]},
        {"relations": [{"sum": ["adults"], "equals": "nobody"}]},
        {"relations": [{}]},
        {"filled": "yes"},
        {"decimal": ";"},
        {"image": "/etc/passwd"},
    ],
)
def test_invalid_values_are_refused_and_nothing_is_written(folder, changes):
    with pytest.raises(NumeralsError):
        save(folder, **changes)
    assert folder.names() == []


def test_damaged_template_is_listed_with_its_error(folder):
    save(folder)
    path = folder.path("Ferry sheet")
    path.write_text("image = 3")
    (summary,) = folder.summaries()
    assert "image" in summary.error and str(path.parent) not in summary.error


def test_pictures_that_were_not_used_are_limited(folder):
    first = folder.add_picture(blank_form())
    for i in range(MAX_DRAFTS):
        folder.add_picture(np.full((9, 9), i, np.uint8))
    assert len(list((folder._folder / ".pictures").iterdir())) == MAX_DRAFTS
    with pytest.raises(DataNotFoundError):
        folder.picture(first)


def test_simultaneous_changes_leave_complete_templates(folder):
    forms = [blank_form(title) for title in ("One", "Two", "Three", "Four")]
    pictures = [folder.add_picture(form) for form in forms]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda picture: folder.save("same", VALUES, picture), pictures * 2))
    reference = folder.load("same").reference
    assert any(np.array_equal(reference, form) for form in forms)
    assert len(list(folder._folder.glob("*.png"))) == 1
