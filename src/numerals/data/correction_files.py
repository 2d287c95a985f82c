"""Corrected lines as files: a folder of crops with a CSV of their texts, and a sheet to look at."""

import io
from pathlib import Path

from numerals.csv_cells import SafeWriter
from numerals.data.corrections import CorrectedLine, load_corrections, opened_store, strip_of
from numerals.data.files import folder_for_replace
from numerals.data.line_sets import Lines, write_line_sheet
from numerals.errors import DataNotFoundError
from numerals.files import private_umask, write_private

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
    lines = _some(load_corrections(script), script)
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


def write_correction_sheet(script: str, path: Path) -> int:
    """Draw the first corrected lines as a model sees them, with their texts, as a PNG.

    Returns
    -------
    int
        How many lines there are in all.
    """
    lines = _some(load_corrections(script), script)
    shown = lines[:120]
    texts = tuple("".join(c if c.isascii() or c.isdigit() else "?" for c in x.text) for x in shown)
    with private_umask():
        write_line_sheet(Lines(tuple(strip_of(line) for line in shown), texts), path)
    return len(lines)


def _some(lines: list[CorrectedLine], script: str) -> list[CorrectedLine]:
    if not lines:
        raise DataNotFoundError(
            f"no line of {script} was corrected yet: numerals read --store scans/, then numerals "
            "serve, and review"
        )
    return lines
