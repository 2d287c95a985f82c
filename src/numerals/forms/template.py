"""The template of a form: its reference image, its fields, and the relations of their values."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.constraints.relations import Relation
from numerals.constraints.rule_files import take_column_rule, take_decimal, take_format
from numerals.constraints.rules import ColumnRule, Rules
from numerals.constraints.values import make_parser
from numerals.errors import DataError, ImageError
from numerals.images import load_picture
from numerals.records import Box
from numerals.strict_toml import TomlTable, read_toml
from numerals.untrusted import reads_untrusted

MAX_REFERENCE_SIDE = 8000
"""Maximum length of the longer side of a reference image, pixels: an A3 sheet at 480 dpi."""
PREVIOUS_FORM = "previous form"
"""The value of ``after`` for a field that does not fall below the one of the form before."""
RESERVED_NAMES = ("file", "doubtful", "error")
"""Columns of the results that are not fields."""
_MIN_CELL_WIDTH = 6  # pixels


@dataclass(frozen=True)
class Field:
    """A place on the form to write a value in.

    Attributes
    ----------
    name : str
        The name of the value, which is also the column of the CSV file.
    box : Box
        In pixels of the reference.
    format : str, optional
        The number format of the value, such as ``"digits:10"``: a spec of `numerals.formats`.
    cells : int, default=0
        Number of printed cells in the box, each for one digit; 0 for a box without cells.
    required : bool, default=False
        Whether an empty field is an error of the writer.
    rule : ColumnRule
        Constraints on the field's values in a stack of forms.
    """

    name: str
    box: Box
    format: str | None = None
    cells: int = 0
    required: bool = False
    rule: ColumnRule = field(default_factory=ColumnRule)

    @property
    def roster(self) -> Path | None:
        """The file of the field's allowed values, if it has one."""
        kind, _, path = (self.format or "").partition(":")
        return Path(path) if kind == "roster" else None


@dataclass(frozen=True, eq=False)
class Template:
    """The description of a form.

    Attributes
    ----------
    reference : ndarray of uint8, shape (height, width)
        Grey image of the form.
    fields : tuple of Field
    relations : tuple of Relation
    filled : bool, default=False
        Whether the boxes of the reference contain handwriting.
    decimal : {".", ","}, optional
        The decimal separator of numbers on this form; by default it is inferred for each number.
    source : str
        The path of the template file.
    """

    reference: npt.NDArray[np.uint8] = field(repr=False)
    fields: tuple[Field, ...]
    relations: tuple[Relation, ...] = ()
    filled: bool = False
    decimal: str | None = None
    source: str = ""

    @property
    def rules(self) -> Rules:
        """The constraints of a stack of these forms."""
        columns = {
            field.name: replace(field.rule, format=field.format)
            for field in self.fields
            if field.rule.spans_rows or field.format
        }
        return Rules(columns, self.relations, self.decimal)


@reads_untrusted()
def load_template(path: str | Path, *, with_picture: bool = True) -> Template:
    """Load a template and its reference image.

    Parameters
    ----------
    path : str or Path
        A TOML file with the key ``image`` and the tables ``[[field]]`` and ``[[relation]]``.
    with_picture : bool, default=True
        Whether to load the reference image. Without it, forms cannot be read.

    Returns
    -------
    Template

    Raises
    ------
    DataError
        If the file or its image cannot be read, a key is missing, unknown or of the wrong type, a
        box lies outside the image, or a relation refers to an unknown field.
    """
    path = Path(path)
    top = read_toml(path)
    if with_picture:
        return parse_template(top, _load_reference(path, top), str(path), path.parent)
    top.take("image", str)
    # Boxes are checked against this size only.
    blank = np.broadcast_to(np.uint8(255), (MAX_REFERENCE_SIDE, MAX_REFERENCE_SIDE))
    template = parse_template(top, blank, str(path), path.parent)
    return replace(template, reference=np.zeros((0, 0), np.uint8))


def parse_template(
    top: TomlTable, reference: npt.NDArray[np.uint8], source: str, folder: Path
) -> Template:
    """Return the template that the top-level table of a file describes.

    Parameters
    ----------
    top : TomlTable
        Its key ``image`` must have been taken.
    reference : ndarray of uint8, shape (height, width)
    source : str
        The name of the file, for messages.
    folder : Path
        Folder of the files of rosters.

    Raises
    ------
    DataError
        As in `load_template`.
    """
    decimal = take_decimal(top)
    tables = top.tables("field", min_count=1)
    fields, afters = zip(
        *(_to_field(table, reference.shape, folder, decimal) for table in tables), strict=True
    )
    orders = [
        _to_order(table, field.name, after, [other.name for other in fields])
        for table, field, after in zip(tables, fields, afters, strict=True)
        if after not in (None, PREVIOUS_FORM)
    ]
    template = Template(
        reference,
        fields,
        (*(_to_relation(table) for table in top.tables("relation")), *orders),
        filled=top.take("filled", bool, default=False),
        decimal=decimal,
        source=source,
    )
    top.finish()
    _check_names(source, template)
    return template


def _load_reference(path: Path, top: TomlTable) -> npt.NDArray[np.uint8]:
    name = top.take("image", str)
    try:
        picture = load_picture(path.parent / name, max_side=MAX_REFERENCE_SIDE)
    except ImageError as error:
        raise DataError(f"{path}: image = {name!r}: {error}") from error
    if picture.scale != 1:
        top.fail("image", name, f"an image of at most {MAX_REFERENCE_SIDE} pixels per side")
    return picture.pixels


def _to_field(
    table: TomlTable, shape: tuple[int, ...], folder: Path, decimal: str | None
) -> tuple[Field, str | None]:
    """Return a field, and the value of its key ``after``."""
    name = table.take("name", str)
    if not name.strip() or name in RESERVED_NAMES:
        table.fail("name", name, f"a name other than {', '.join(RESERVED_NAMES)}")
    box, format = _take_box(table, shape), take_format(table, folder)
    after: str | None = table.take("after", str, default=None)
    result = Field(
        name,
        box,
        format,
        table.take("cells", int, default=0),
        table.take("required", bool, default=False),
        take_column_rule(table, make_parser(format, decimal), after, PREVIOUS_FORM),
    )
    width = result.box[2] - result.box[0]
    if result.cells < 0 or result.cells * _MIN_CELL_WIDTH > width:
        max_cells = width // _MIN_CELL_WIDTH
        table.fail("cells", result.cells, f"0 to {max_cells} cells in {width} pixels")
    table.finish()
    return result, after


def _to_order(table: TomlTable, name: str, after: str, known: Sequence[str]) -> Relation:
    """Return the relation of a field and another one that it does not fall below."""
    if after == name or after not in known:
        table.fail("after", after, f'"{PREVIOUS_FORM}", or the name of another field')
    return Relation("less_or_equal", (after, name))


def _take_box(table: TomlTable, shape: tuple[int, ...]) -> Box:
    box = table.take("box", list)
    expected = "four integers, [x_min, y_min, x_max, y_max], with x_min < x_max and y_min < y_max"
    if len(box) != 4 or not all(type(value) is int for value in box):
        table.fail("box", box, expected)
    x_min, y_min, x_max, y_max = box
    if not (x_min < x_max and y_min < y_max):
        table.fail("box", box, expected)
    height, width = shape
    if x_min < 0 or y_min < 0 or x_max > width or y_max > height:
        table.fail("box", box, f"a box inside the reference image, which has {width} x {height}")
    return (x_min, y_min, x_max, y_max)


def _to_relation(table: TomlTable) -> Relation:
    kind = table.one_of("sum", "less_or_equal")
    names = _take_names(table, kind)
    if kind == "sum":
        names += (table.take("equals", str),)
    elif len(names) < 2:
        table.fail(kind, list(names), "at least two names of fields")
    table.finish()
    if len(set(names)) < len(names):
        table.fail(kind, list(names), "each name only once")
    return Relation(kind, names)


def _take_names(table: TomlTable, key: str) -> tuple[str, ...]:
    names: list[Any] = table.take(key, list)
    if not names or not all(isinstance(name, str) for name in names):
        table.fail(key, names, "names of fields")
    return tuple(names)


def _check_names(source: str, template: Template) -> None:
    """Raise DataError for duplicate names of fields, and for unknown names in relations."""
    known = [field.name for field in template.fields]
    for i, name in enumerate(known):
        if name in known[:i]:
            raise DataError(
                f"{source}: field {i + 1}: name {name!r} is already used by an earlier field"
            )
    for i, relation in enumerate(template.relations, start=1):
        for name in relation.names:
            if name not in known:
                raise DataError(
                    f"{source}: relation {i}: unknown field {name!r}; known: {', '.join(known)}"
                )
