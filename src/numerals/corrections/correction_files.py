"""Export corrected lines to a folder: a CSV file of the texts, and a PNG file of each line."""

import io
from pathlib import Path

from numerals.corrections.corrected_lines import load_corrections, require_lines
from numerals.csv_cells import SafeWriter
from numerals.files import atomic_folder
from numerals.private_files import write_private_file

TABLE = "lines.csv"
COLUMNS = ("file", "text", "split", "read", "source", "reading", "line", "by", "at")


def write_corrections(script: str, path: Path) -> int:
    """Write the corrected lines of a script: ``lines.csv``, and a PNG file of each line.

    Only the user may enter the folder (0700) and read the files (0600). `numerals.csv_cells`
    escapes cells that a spreadsheet would evaluate.

    The columns are ``file``, ``text`` and ``split``, as in the sets of real lines; ``read`` (text
    as read); ``source`` (name of the file); ``reading`` and ``line`` (ids in the store); ``by`` and
    ``at`` (who answered, and when).

    Parameters
    ----------
    script : str
    path : Path
        A folder that does not exist, or is empty.

    Returns
    -------
    int
        Number of lines.

    Raises
    ------
    DataNotFoundError
        If there are no corrected lines.
    DataError
        If `path` is not empty, or cannot be written.
    """
    lines = require_lines(load_corrections(script), script)
    text = io.StringIO()
    table = SafeWriter(text)
    table.writerow(COLUMNS)
    with atomic_folder(path, private=True) as folder:
        for line in lines:
            name = f"{line.id:06}.png"
            write_private_file(folder / name, line.crop)
            ids = (line.reading_id, line.id)
            table.writerow(
                (name, line.text, line.split, line.read, line.source, *ids, line.by, line.at)
            )
        write_private_file(folder / TABLE, text.getvalue().encode())
    return len(lines)
