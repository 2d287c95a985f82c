from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from numerals.constraints.rules import ColumnRule
from numerals.errors import DataError
from numerals.forms import Field, Relation, load_template

WHOLE = """
image = "blank.png"
filled = true
decimal = ","

[[field]]
name = "a"
box = [0, 10, 50, 30]
format = "digits:10"
cells = 8
required = true

[[field]]
name = "b"
box = [60, 10, 100, 30]

[[field]]
name = "total"
box = [60, 40, 100, 60]

[[relation]]
sum = ["a", "b"]
equals = "total"

[[relation]]
less_or_equal = ["a", "b", "total"]
"""
IMAGE = 'image = "blank.png"\n'
FIELD = '[[field]]\nname = "a"\nbox = [0, 0, 60, 9]\n'
TWO = FIELD + '[[field]]\nname = "b"\nbox = [0, 20, 9, 29]\n'


@pytest.fixture
def load(tmp_path):
    Image.fromarray(np.full((80, 100), 255, np.uint8)).save(tmp_path / "blank.png")

    def load(text):
        path = tmp_path / "form.toml"
        path.write_text(text)
        return load_template(path)

    return load


def test_loads_all_keys(load, tmp_path):
    template = load(WHOLE)
    assert template.reference.shape == (80, 100)
    assert template.fields[:2] == (
        Field("a", (0, 10, 50, 30), "digits:10", 8, True),
        Field("b", (60, 10, 100, 30)),
    )
    assert template.relations == (
        Relation("sum", ("a", "b", "total")),
        Relation("less_or_equal", ("a", "b", "total")),
    )
    assert [str(r) for r in template.relations] == ["a + b = total", "a <= b <= total"]
    assert (template.filled, template.decimal) == (True, ",")
    assert Path(template.source) == tmp_path / "form.toml"


def test_optional_keys_have_defaults(load):
    template = load(IMAGE + FIELD)
    assert template.fields == (Field("a", (0, 0, 60, 9), None, 0, False),)
    assert (template.relations, template.filled, template.decimal) == ((), False, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image = ", "form.toml: is not TOML"),
        (FIELD, "form.toml: image is missing; expected a string"),
        ("image = 3\n" + FIELD, "form.toml: image = 3; expected a string"),
        ('image = "no.png"\n' + FIELD, "form.toml: image = 'no.png': .*no such file"),
        (IMAGE, r"field = \[\]; expected at least one table \[\[field\]\]"),
        (IMAGE + "field = 3", "field = 3; expected a list"),
        (IMAGE + 'decimal = "x"\n' + FIELD, 'decimal = "x"; expected one of'),
        (IMAGE + "colour = 1\n" + FIELD, "unknown key 'colour'; expected image"),
        (
            IMAGE + FIELD + "cells = 11",
            r"field 1 \(a\): cells = 11; expected 0 to 10 cells in 60 pixels",
        ),
        (IMAGE + FIELD + "cells = true", "cells = true; expected an integer"),
        (IMAGE + FIELD + 'format = "digit:9"', 'format = "digit:9"; expected a number format'),
        (
            IMAGE + FIELD + 'format = "digits:x"',
            r"field 1 \(a\): format = .* a number of digits",
        ),
        (IMAGE + FIELD + 'required = "yes"', 'required = "yes"; expected true or false'),
        (
            IMAGE + FIELD + "boxes = 1",
            r"field 1 \(a\): unknown key 'boxes'; expected name, box, format",
        ),
        (IMAGE + '[[field]]\nname = "b"', r"field 1 \(b\): box is missing; expected a list"),
        (
            IMAGE + '[[field]]\nname = "b"\nbox = [1, 2, 3]',
            r"box = \[1, 2, 3\]; expected four integers",
        ),
        (IMAGE + '[[field]]\nname = "b"\nbox = [1.5, 2, 3, 4]', "expected four integers"),
        (IMAGE + '[[field]]\nname = "b"\nbox = [5, 2, 3, 4]', "x_min < x_max"),
        (IMAGE + '[[field]]\nname = "b"\nbox = [0, 0, 101, 9]', "inside the reference .* 100 x 80"),
        (IMAGE + '[[field]]\nname = " "\nbox = [0, 0, 9, 9]', "name = .*; expected a name"),
        (
            IMAGE + '[[field]]\nname = "file"\nbox = [0, 0, 9, 9]',
            "other than file, doubtful, error",
        ),
        (IMAGE + FIELD + FIELD, "field 2: name 'a' is already used by an earlier field"),
        (IMAGE + TWO + '[[relation]]\nsum = ["a"]', "relation 1: equals is missing"),
        (IMAGE + TWO + '[[relation]]\nsum = ["a"]\nequals = "c"', "unknown field 'c'; known: a, b"),
        (IMAGE + TWO + '[[relation]]\nsum = ["a", 1]\nequals = "b"', "expected names of fields"),
        (IMAGE + TWO + '[[relation]]\nsum = ["a"]\nequals = "a"', "expected each name only once"),
        (IMAGE + TWO + '[[relation]]\nless_or_equal = ["a"]', "at least two names of fields"),
        (
            IMAGE + TWO + '[[relation]]\nproduct = ["a"]',
            "has only product; expected one of sum, less_or",
        ),
        (
            IMAGE + TWO + '[[relation]]\nsum = ["a"]\nless_or_equal = ["a", "b"]',
            "has sum and less_or_eq",
        ),
    ],
)
def test_errors_name_the_place_the_value_and_what_was_expected(load, text, message):
    with pytest.raises(DataError, match=message):
        load(text)


def test_constraints_between_the_forms_of_a_stack(load, tmp_path):
    (tmp_path / "names.txt").write_text("17\n18\n", encoding="utf-8")
    text = TWO.replace(
        FIELD, FIELD + 'after = "previous form"\nmax_step = 2.5\nstart = 10\nroster = "names.txt"\n'
    )
    template = load(IMAGE + text + 'after = "a"\nunique = true')
    first, second = template.fields
    assert first.rule == ColumnRule(None, True, False, Decimal("2.5"), Decimal(10))
    assert first.format == f"roster:{tmp_path / 'names.txt'}"
    assert second.rule == ColumnRule(unique=True)
    assert template.relations == (Relation("less_or_equal", ("a", "b")),)
    assert set(template.rules.spanning) == {"a", "b"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('after = "c"', r'field 2 \(b\): after = "c"; expected "previous form", or the name'),
        ('after = "b"', 'after = "b"; expected "previous form", or the name of another field'),
        ('after = "a"\nmax_step = 3', 'max_step = 3; expected after = "previous form"'),
        ('roster = "no.txt"', 'roster = "no.txt"; expected a text file'),
    ],
)
def test_wrong_constraints_are_reported(load, keys, message):
    with pytest.raises(DataError, match=message):
        load(IMAGE + TWO + keys)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(DataError, match=r"no\.toml: no such file; check the path"):
        load_template(tmp_path / "no.toml")
