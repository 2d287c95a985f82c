"""Fields among the cells of a table that look like print."""

from numerals.forms.column_gaps import find_gaps


def column(fields: str, at: int = 1) -> tuple[list, list, list[bool]]:
    """Return the cells of a column, one per character; those of fields are ``x``."""
    boxes = [(100 * at, 50 * row, 100 * at + 90, 50 * row + 40) for row in range(len(fields))]
    positions = [(0, row, at) for row in range(len(fields))]
    return boxes, positions, [each == "x" for each in fields]


def joined(*columns):
    return [[each for part in parts for each in part] for parts in zip(*columns, strict=True)]


def test_cells_between_fields_are_fields():
    assert find_gaps(*column("x..xxxxx.x")) == [1, 2, 8]


def test_headings_and_sums_are_left_out():
    assert find_gaps(*column("..xxxx..")) == []


def test_columns_with_few_fields_are_left_alone():
    assert find_gaps(*column("x.x.x.x")) == []
    assert find_gaps(*column("xx.x")) == []


def test_printed_row_is_left_alone():
    assert find_gaps(*joined(*(column("xxx.xxx", at) for at in range(5)))) == []
    one = joined(column("xxx.xxx", 0), *(column("xxxxxxx", at) for at in range(1, 5)))
    assert find_gaps(*one) == [3]


def test_boxes_outside_of_tables_are_no_gaps():
    boxes, _, fields = column("x..xxxxx.x")
    assert find_gaps(boxes, [None] * len(boxes), fields) == []
