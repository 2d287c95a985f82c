"""Rows of numbers as Arrow tables, the schema of Parquet files (extra ``batch``)."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from numerals.output.number_rows import NumberRow

if TYPE_CHECKING:
    import pyarrow as pa

_BOX_COLUMNS = ("x_min", "y_min", "x_max", "y_max")


def number_schema() -> "pa.Schema":
    """Return the Arrow schema of a table of numbers: the stable columns of all runs."""
    import pyarrow as pa

    alternative = pa.struct([("text", pa.string()), ("confidence", pa.float64())])
    return pa.schema(
        [
            pa.field("file", pa.string(), nullable=False),
            ("page", pa.int32()),
            ("line", pa.int32()),
            ("table", pa.int32()),
            ("row", pa.int32()),
            ("column", pa.int32()),
            ("field", pa.string()),
            ("text", pa.string()),
            ("confidence", pa.float64()),
            ("alternatives", pa.list_(alternative)),
            *((name, pa.int32()) for name in _BOX_COLUMNS),
            ("accepted", pa.bool_()),
            pa.field("changed", pa.bool_(), nullable=False),
            pa.field("printed", pa.bool_(), nullable=False),
            pa.field("model", pa.string(), nullable=False),
            ("error", pa.string()),
        ]
    )


def to_table(rows: Iterable[NumberRow]) -> "pa.Table":
    """Return rows as a table with `number_schema`."""
    import pyarrow as pa

    return pa.Table.from_pylist([_to_values(row) for row in rows], schema=number_schema())


def from_table(table: "pa.Table") -> Iterator[NumberRow]:
    """Yield the rows of a table with `number_schema`."""
    for batch in table.to_batches(max_chunksize=10_000):
        for values in batch.to_pylist():
            yield _to_row(values)


def _to_values(row: NumberRow) -> dict[str, Any]:
    values = dict(vars(row))
    box = values.pop("box") or (None, None, None, None)
    alternatives = [{"text": text, "confidence": p} for text, p in row.alternatives]
    return values | dict(zip(_BOX_COLUMNS, box, strict=True)) | {"alternatives": alternatives}


def _to_row(values: dict[str, Any]) -> NumberRow:
    box = tuple(values.pop(name) for name in _BOX_COLUMNS)
    alternatives = tuple((a["text"], a["confidence"]) for a in values.pop("alternatives") or ())
    return NumberRow(**values, box=None if None in box else box, alternatives=alternatives)
