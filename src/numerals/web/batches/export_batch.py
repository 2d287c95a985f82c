"""Export the numbers of a batch as a file, with the corrections of reviewers."""

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fastapi.responses import FileResponse
from sqlalchemy import Row
from starlette.background import BackgroundTask

from numerals.output.number_rows import NumberRow
from numerals.store.batch_listing import ItemEntry, iterate_entries
from numerals.store.batches import Batch
from numerals.store.changes import CONFIRMED, CORRECTED, WAITING
from numerals.store.column_types import json_value
from numerals.web.batches.batch_checks import missing_values
from numerals.web.batches.batch_json import entry_to_dict
from numerals.web.batches.batch_options import template_fields
from numerals.web.batches.batch_service import BatchService
from numerals.web.batches.export_forms import write_form_csv, write_form_workbook

if TYPE_CHECKING:
    from numerals.output.table_sheet import TableSheet
    from numerals.output.workbook import NumberWorkbook

ExportFormat = Literal["xlsx", "csv", "parquet", "json"]

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
_MAX_FILE_NAME = 80  # characters


@dataclass(frozen=True)
class ExportedBatch:
    """An exported file, which is deleted after it was sent.

    Attributes
    ----------
    path : Path
        In a folder of its own.
    name : str
        Its name for the user.
    media_type : str
    """

    path: Path
    name: str
    media_type: str

    def to_response(self) -> FileResponse:
        """Return the response that sends the file."""
        remove = BackgroundTask(shutil.rmtree, self.path.parent, ignore_errors=True)
        return FileResponse(
            self.path, media_type=self.media_type, filename=self.name, background=remove
        )


def export_batch(service: BatchService, batch_id: int, format: ExportFormat) -> ExportedBatch:
    """Write the numbers of a batch to a file.

    CSV and Excel files of forms have one row per form; all other files one row per number.

    Raises
    ------
    NotStoredError
        If the batch does not exist.
    MissingExtraError
        If a library for this format is not installed.
    """
    batch = service.batches.get(batch_id)
    folder = service.files.make_folder()
    path = folder / f"batch.{format}"
    try:
        _write(service, batch, format, path)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return ExportedBatch(path, f"{_file_name(batch.name)}.{format}", MEDIA_TYPES[format])


def _write(service: BatchService, batch: Batch, format: ExportFormat, path: Path) -> None:
    entries = iterate_entries(service.store, batch.id)
    if format == "json":
        _write_json(entries, batch, path)
        return
    if batch.templates and format in ("csv", "xlsx"):
        names = [n for each in batch.templates for n in template_fields(service.templates, each)]
        fields = list(dict.fromkeys(names))
        if format == "csv":
            write_form_csv(entries, fields, path)
        else:
            missing = missing_values(service.store, service.templates, batch.id)
            write_form_workbook(entries, fields, path, missing)
        return
    writer = _WRITERS[format](path)
    try:
        tables = _table_sheet(writer) if format == "xlsx" else None
        for entry in entries:
            writer.write(entry_rows(entry))
            if tables is not None:
                write_tables(tables, entry)
    finally:
        writer.close()


def entry_rows(entry: ItemEntry) -> Iterator[NumberRow]:
    """Yield one row per number of a file, page without numbers, and error."""
    name, model = entry.item.name, entry.model
    pages_with_lines = set()
    for line in entry.lines:
        # A reviewer who finds no number at a place gives an empty text.
        if line.answer or line.field is not None:
            pages_with_lines.add(line.page)
            yield _number_row(name, model, line)
    for page in entry.pages:
        if page.error is not None:
            yield NumberRow(name, page.number, model=model, error=page.error)
        elif page.number not in pages_with_lines:
            yield NumberRow(name, page.number, model=model)
    if entry.item.error is not None and not any(page.error for page in entry.pages):
        yield NumberRow(name, error=entry.item.error)


def write_tables(sheet: "TableSheet", entry: ItemEntry) -> None:
    """Append the tables of a file to a sheet."""
    from numerals.output.table_sheet import TableCell

    tables: dict[tuple[int, int], dict[tuple[int, int], list[TableCell]]] = defaultdict(dict)
    for line in entry.lines:
        if line.table_number is None or line.row_number is None or not line.answer:
            continue
        cells = tables[line.page, line.table_number]
        is_uncertain = line.state == WAITING and line.uncertain != 0
        cell = TableCell(line.answer, is_uncertain)
        cells.setdefault((line.row_number, line.column_number), []).append(cell)
    for (page, table), cells in tables.items():
        place = f", page {page}" if len(entry.pages) > 1 else ""
        sheet.write(f"{entry.item.name}{place}, table {table}", cells)


def _number_row(name: str, model: str, line: Row[Any]) -> NumberRow:
    is_reviewed = line.state in (CONFIRMED, CORRECTED)
    alternatives = tuple(
        (str(each["text"]), float(each["confidence"])) for each in json_value(line.alternatives)
    )
    x_min, y_min, x_max, y_max = json_value(line.box)
    return NumberRow(
        name,
        line.page,
        line.number,
        line.table_number,
        line.row_number,
        line.column_number,
        field=line.field,
        text=line.answer,
        confidence=1.0 if is_reviewed else line.confidence,
        alternatives=alternatives,
        box=(x_min, y_min, x_max, y_max),
        accepted=True if is_reviewed else None if line.accepted is None else bool(line.accepted),
        changed=bool(line.changed),
        printed=bool(line.printed),
        model=model,
    )


def _write_json(entries: Iterator[ItemEntry], batch: Batch, path: Path) -> None:
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        head = {"name": batch.name, "options": batch.options, "templates": list(batch.templates)}
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "files": [')
        for i, entry in enumerate(entries):
            values = entry_to_dict(entry)
            file.write(",\n" if i else "\n")
            file.write(json.dumps(values, ensure_ascii=False))
        file.write("\n]}\n")


def _csv_writer(path: Path) -> Any:
    from numerals.output.number_files import CsvNumberWriter

    return CsvNumberWriter(path)


def _parquet_writer(path: Path) -> Any:
    from numerals.output.number_files import ParquetNumberWriter

    return ParquetNumberWriter(path)


def _workbook_writer(path: Path) -> Any:
    from numerals.output.workbook import NumberWorkbook

    return NumberWorkbook(path)


_WRITERS: dict[str, Callable[[Path], Any]] = {
    "csv": _csv_writer,
    "parquet": _parquet_writer,
    "xlsx": _workbook_writer,
}


def _table_sheet(workbook: "NumberWorkbook") -> "TableSheet":
    from numerals.output.table_sheet import TableSheet

    return TableSheet(workbook.book)


def _file_name(name: str) -> str:
    """Return the name of a batch as the name of a file on any system.

    Examples
    --------
    >>> _file_name("Ferry: 14/1"), _file_name("...")
    ('Ferry_ 14_1', 'numbers')
    """
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name)[:_MAX_FILE_NAME].strip(" .") or "numbers"
