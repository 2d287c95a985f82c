"""Templates as TOML: what is written is read again."""

from decimal import Decimal

import cv2
import pytest
from drawn_forms import blank_form

from numerals.constraints.relations import Relation
from numerals.constraints.rules import ColumnRule
from numerals.forms import Field, Template, format_template, load_template, write_template

NAMES = ["adults", 'a "b"', "back\\slash", "größe", "日付", "a = [1]", "#", "\x7f"]


@pytest.mark.parametrize("decimal", [None, ","])
def test_written_template_is_read_again(tmp_path, decimal):
    fields = tuple(
        Field(name, (10 * i, 20, 10 * i + 60, 80), "digits:2" if i % 2 else None, i % 3, i > 4)
        for i, name in enumerate(NAMES)
    )
    relations = (Relation("sum", tuple(NAMES[:4])), Relation("less_or_equal", tuple(NAMES[4:6])))
    template = Template(blank_form(), fields, relations, filled=bool(decimal), decimal=decimal)
    cv2.imwrite(str(tmp_path / "a b.png"), template.reference)
    path = tmp_path / "form.toml"
    write_template(path, template, "a b.png")
    loaded = load_template(path)
    assert (loaded.fields, loaded.relations) == (fields, relations)
    assert (loaded.filled, loaded.decimal) == (bool(decimal), decimal)


def test_text_is_the_documented_format():
    fields = (Field("crew", (1, 2, 30, 40), cells=4, required=True), Field("total", (5, 6, 70, 80)))
    relations = (Relation("sum", ("crew", "total")),)
    text = format_template(Template(blank_form(), fields, relations), "form.png")
    assert text.split("\n", 1)[1] == (
        'image = "form.png"\n\n'
        '[[field]]\nname = "crew"\nbox = [1, 2, 30, 40]\ncells = 4\nrequired = true\n\n'
        '[[field]]\nname = "total"\nbox = [5, 6, 70, 80]\n\n'
        '[[relation]]\nsum = ["crew"]\nequals = "total"\n'
    )


def test_constraints_of_a_stack_are_kept(tmp_path):
    rules = (
        ("a", "date:dmy", ColumnRule(ascending=True, strict=True, start=Decimal(739_000))),
        ("b", None, ColumnRule(ascending=True, max_step=Decimal("2.5"), start=Decimal(7))),
        ("c", None, ColumnRule(unique=True)),
    )
    fields = tuple(
        Field(name, (10, 20 + 90 * i, 300, 80 + 90 * i), spec, rule=rule)
        for i, (name, spec, rule) in enumerate(rules)
    )
    cv2.imwrite(str(tmp_path / "form.png"), blank_form())
    path = tmp_path / "form.toml"
    write_template(path, Template(blank_form(), fields), "form.png")
    assert load_template(path).fields == fields
