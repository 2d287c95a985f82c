"""Rows of numbers as Arrow tables, the schema of Parquet files (extra ``batch``)."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from numerals.output.number_rows import BOX_COLUMNS, NumberRow, row_values

if TYPE_CHECKING:
    import pyarrow as pa


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
            *((name, pa.int32()) for name in BOX_COLUMNS),
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

    return pa.Table.from_pylist([row_values(row) for row in rows], schema=number_schema())


def from_table(table: "pa.Table") -> Iterator[NumberRow]:
    """Yield the rows of a table with `number_schema`."""
    for batch in table.to_batches(max_chunksize=10_000):
        for values in batch.to_pylist():
            yield _to_row(values)


def _to_row(values: dict[str, Any]) -> NumberRow:
    box = tuple(values.pop(name) for name in BOX_COLUMNS)
    alternatives = tuple((a["text"], a["confidence"]) for a in values.pop("alternatives") or ())
    return NumberRow(**values, box=None if None in box else box, alternatives=alternatives)
