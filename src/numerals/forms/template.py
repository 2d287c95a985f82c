"""A form's template: the reference picture, where its fields lie, and how their values relate."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError, DataNotFoundError, ImageError, UnknownNameError
from numerals.formats import parse_format
from numerals.forms.strict_toml import Table, read_toml
from numerals.images import load_picture
from numerals.records import Box
from numerals.untrusted import reads_untrusted

MAX_SIDE = 8000
"""Longest side of a reference picture, pixels: an A3 sheet at 480 dots per inch."""
RESERVED = ("file", "doubtful", "error")
"""Columns of the results that are no fields."""
_LEAST_CELL = 6  # pixels


@dataclass(frozen=True)
class Field:
    """A place on the form where somebody writes.

    Attributes
    ----------
    name : str
        What the value is called; a column of the CSV file.
    box : Box
        In pixels of the reference picture.
    format : str, optional
        What may be written, such as ``"digits:10"``: a spec of `numerals.formats`.
    cells : int, default=0
        How many printed cells the box is divided into, each for one digit; 0 for none.
    required : bool, default=False
        Whether it is an error of the writer to leave it empty.
    """

    name: str
    box: Box
    format: str | None = None
    cells: int = 0
    required: bool = False


@dataclass(frozen=True)
class Relation:
    """What holds between values of a form that was filled in without error.

    Attributes
    ----------
    kind : {"sum", "less_or_equal"}
        All names but the last add up to the last; or no value is above the next one.
    names : tuple of str
        Of fields.
    """

    kind: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        if self.kind == "sum":
            return f"{' + '.join(self.names[:-1])} = {self.names[-1]}"
        return " <= ".join(self.names)


@dataclass(frozen=True, eq=False)
class Template:
    """A form.

    Attributes
    ----------
    reference : ndarray of uint8, shape (height, width)
        The form, grey.
    fields : tuple of Field
    relations : tuple of Relation
    filled : bool, default=False
        The reference is no blank form: what stands in the boxes is somebody's writing.
    decimal : {".", ","}, optional
        What stands before the decimals in this form's numbers; by default it is told from each.
    source : str
        The template's file.
    """

    reference: npt.NDArray[np.uint8] = field(repr=False)
    fields: tuple[Field, ...]
    relations: tuple[Relation, ...] = ()
    filled: bool = False
    decimal: str | None = None
    source: str = ""


@reads_untrusted()
def load_template(path: str | Path) -> Template:
    """Load a template and its reference picture.

    Parameters
    ----------
    path : str or Path
        A TOML file: ``image``, tables ``[[field]]`` and ``[[relation]]``.

    Returns
    -------
    Template

    Raises
    ------
    DataError
        If the file or its picture cannot be read, a key is missing, unknown or of the wrong kind,
        a box lies outside the picture, or a relation names no field.
    """
    path = Path(path)
    top = read_toml(path)
    reference = _load_reference(path, top)
    template = Template(
        reference,
        tuple(_to_field(table, reference.shape) for table in top.tables("field", least=1)),
        tuple(_to_relation(table) for table in top.tables("relation")),
        filled=top.take("filled", bool, default=False),
        decimal=_to_decimal_sign(top),
        source=str(path),
    )
    top.finish()
    _check_names(path, template)
    return template


def _load_reference(path: Path, top: Table) -> npt.NDArray[np.uint8]:
    name = top.take("image", str)
    try:
        picture = load_picture(path.parent / name, max_side=MAX_SIDE)
    except ImageError as error:
        raise DataError(f"{path}: image = {name!r}: {error}") from error
    if picture.scale != 1:
        top.fail("image", name, f"a picture of at most {MAX_SIDE} pixels a side; save it smaller")
    return picture.pixels


def _to_field(table: Table, shape: tuple[int, ...]) -> Field:
    name = table.take("name", str)
    if not name.strip() or name in RESERVED:
        table.fail("name", name, f"a name, other than {' and '.join(RESERVED)}")
    found = Field(
        name,
        _to_box(table, shape),
        _to_format(table),
        table.take("cells", int, default=0),
        table.take("required", bool, default=False),
    )
    width = found.box[2] - found.box[0]
    if found.cells < 0 or found.cells * _LEAST_CELL > width:
        table.fail("cells", found.cells, f"0 to {width // _LEAST_CELL} cells in {width} pixels")
    table.finish()
    return found


def _to_box(table: Table, shape: tuple[int, ...]) -> Box:
    box = table.take("box", list)
    expected = "four whole numbers, [x_min, y_min, x_max, y_max], x_min < x_max and y_min < y_max"
    if len(box) != 4 or not all(type(value) is int for value in box):
        table.fail("box", box, expected)
    x_min, y_min, x_max, y_max = box
    if not (x_min < x_max and y_min < y_max):
        table.fail("box", box, expected)
    height, width = shape
    if x_min < 0 or y_min < 0 or x_max > width or y_max > height:
        table.fail("box", box, f"a box within the reference picture, which is {width} x {height}")
    return (x_min, y_min, x_max, y_max)


def _to_format(table: Table) -> str | None:
    spec: str | None = table.take("format", str, default=None)
    if spec is not None:
        try:
            parse_format(spec)
        except (UnknownNameError, DataError, DataNotFoundError) as error:
            table.fail("format", spec, f"a number format ({error})")
    return spec


def _to_relation(table: Table) -> Relation:
    kind = table.one_of("sum", "less_or_equal")
    names = _names(table, kind)
    if kind == "sum":
        names += (table.take("equals", str),)
    elif len(names) < 2:
        table.fail(kind, list(names), "two names of fields or more")
    table.finish()
    if len(set(names)) < len(names):
        table.fail(kind, list(names), "each name once")
    return Relation(kind, names)


def _names(table: Table, key: str) -> tuple[str, ...]:
    names: list[Any] = table.take(key, list)
    if not names or not all(isinstance(name, str) for name in names):
        table.fail(key, names, "names of fields")
    return tuple(names)


def _to_decimal_sign(top: Table) -> str | None:
    sign: str | None = top.take("decimal", str, default=None)
    if sign not in (None, ".", ","):
        top.fail("decimal", sign, 'one of "." and ","')
    return sign


def _check_names(path: Path, template: Template) -> None:
    """Refuse names that stand for two fields or for none."""
    known = [field.name for field in template.fields]
    for i, name in enumerate(known):
        if name in known[:i]:
            raise DataError(f"{path}: field {i + 1}: name {name!r} is taken by an earlier field")
    for i, relation in enumerate(template.relations, start=1):
        for name in relation.names:
            if name not in known:
                raise DataError(
                    f"{path}: relation {i}: there is no field {name!r}; known: {', '.join(known)}"
                )
