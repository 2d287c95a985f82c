"""Corrected lines as files: a folder of crops with a CSV of their texts."""

import io
from pathlib import Path

from numerals.corrections.corrected_lines import (
    CorrectedLine,
    load_corrections,
    opened_store,
)
from numerals.csv_cells import SafeWriter
from numerals.errors import DataNotFoundError
from numerals.files import folder_for_replace
from numerals.private_files import write_private

TABLE = "lines.csv"
COLUMNS = ("file", "text", "split", "read", "source", "reading", "line", "by", "at")


def write_corrections(script: str, path: Path) -> int:
    """Write the corrected lines of a script: ``lines.csv`` and, beside it, a PNG of each.

    Folder and files are the user's alone (0700, 0600). Cells that a spreadsheet would compute have
    an apostrophe before them (`numerals.csv_cells`).

    Its columns: ``file``, ``text`` and ``split``, as in the sets of real lines; then what was
    ``read``, from which ``source``, the numbers of ``reading`` and ``line`` in the store, ``by``
    whom it was answered, and when (``at``).

    Parameters
    ----------
    script : str
    path : Path
        A folder that does not exist yet, or is empty.

    Returns
    -------
    int
        How many lines there are.

    Raises
    ------
    DataNotFoundError
        If there is none.
    DataError
        If `path` holds something.
    """
    lines = some_lines(load_corrections(script), script)
    text = io.StringIO()
    table = SafeWriter(text)
    table.writerow(COLUMNS)
    from numerals.store import standing_changes

    with folder_for_replace(path, private=True) as folder, opened_store() as store:
        assert store is not None
        for line in lines:
            name = f"{line.id:06}.png"
            write_private(folder / name, line.crop)
            standing = standing_changes(store.history(line.answered_id))
            who = (standing[-1].by, standing[-1].at) if standing else ("", "")
            numbers = (line.reading_id, line.id)
            table.writerow((name, line.text, line.split, line.read, line.source, *numbers, *who))
        write_private(folder / TABLE, text.getvalue().encode())
    return len(lines)


def some_lines(lines: list[CorrectedLine], script: str) -> list[CorrectedLine]:
    """Return `lines`, or raise DataNotFoundError if there are none."""
    if not lines:
        raise DataNotFoundError(
            f"no line of {script} was corrected yet: numerals read --store scans/, then numerals "
            "serve, and review"
        )
    return lines
