"""The sample as tables to fill in: CSV, and XLSX whose cells are text and show the pictures."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from numerals.audit.answers import SampleItem, normalize_answer
from numerals.audit.sheets import read_sheet
from numerals.csv_cells import SafeWriter, safe_cell
from numerals.errors import DataError

SAMPLE_NAME = "sample"
SAMPLE_COLUMNS = (
    "id",
    "file",
    "page",
    "line",
    "table",
    "row",
    "column",
    "field",
    "box",
    "answer",
)
"""Columns of the sample; nothing in them tells the reading."""

_ROW_HEIGHT = 60  # points: of an XLSX row with a picture
_PICTURE_WIDTH = 45  # characters
_EXACT_DIGITS = 15  # a spreadsheet replaces further digits of a number by zeros
_DATE = re.compile(r"\d{1,2}[- ][^\W\d_]{3}|[^\W\d_]{3}[- ]\d{2,4}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_LEADING_ZERO = re.compile(r"0\d")
_EXPONENT = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d+")
_N_NAMED = 5  # items in a message


def write_sample_csv(folder: Path, items: Sequence[SampleItem]) -> None:
    """Write ``sample.csv`` with an empty column ``answer``."""
    path = folder / f"{SAMPLE_NAME}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:  # Excel needs the mark
        writer = SafeWriter(stream)
        writer.writerow(SAMPLE_COLUMNS)
        writer.writerows(_cells(item) for item in items)


def write_sample_xlsx(folder: Path, items: Sequence[SampleItem], crops: Mapping[str, Path]) -> bool:
    """Write ``sample.xlsx`` with text cells and the pictures of the numbers.

    Parameters
    ----------
    folder : Path
    items : sequence of SampleItem
    crops : mapping of item id to Path
        The PNG files there are.

    Returns
    -------
    bool
        False if XlsxWriter is not installed; nothing is written then.
    """
    try:
        from xlsxwriter import Workbook
    except ModuleNotFoundError:
        return False
    with Workbook(str(folder / f"{SAMPLE_NAME}.xlsx"), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(SAMPLE_NAME)
        text = book.add_format({"num_format": "@", "valign": "vcenter"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        columns = (*SAMPLE_COLUMNS, "picture")
        sheet.set_column(0, len(SAMPLE_COLUMNS) - 1, 12, text)
        sheet.set_column(len(SAMPLE_COLUMNS), len(SAMPLE_COLUMNS), _PICTURE_WIDTH)
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, columns, bold)
        for number, item in enumerate(items, start=1):
            sheet.set_row(number, _ROW_HEIGHT)
            for column, cell in enumerate(_cells(item)):
                sheet.write_string(number, column, str(safe_cell(cell)), text)
            if item.id in crops:
                sheet.embed_image(number, len(SAMPLE_COLUMNS), str(crops[item.id]))
    return True


def read_answer_file(path: Path, ids: Sequence[str]) -> dict[str, str]:
    """Read a filled-in sample; rows without an answer are left out.

    Parameters
    ----------
    path : Path
        CSV or XLSX with the columns ``id`` and ``answer``.
    ids : sequence of str
        The ids of the sample. Spreadsheets drop their leading zeros, which are restored.

    Raises
    ------
    DataError
        If the file cannot be read, an id is not in the sample, or one has two different answers.
    """
    width = max(map(len, ids), default=0)
    answers: dict[str, str] = {}
    for number, row in enumerate(read_sheet(path, ("id", "answer")), start=2):
        answer = row["answer"].strip()
        if not answer:
            continue
        item_id = row["id"].strip().zfill(width)
        if item_id not in ids:
            raise DataError(
                f"{path}, row {number}: there is no item {row['id']!r} in the sample; give the "
                "sample of the latest stage"
            )
        if answers.setdefault(item_id, answer) != answer:
            raise DataError(f"{path}, row {number}: a second answer to item {item_id}; keep one")
    return answers


def check_spreadsheet_damage(
    path: Path, answers: Mapping[str, str], readings: Mapping[str, str]
) -> None:
    """Raise DataError if a spreadsheet has changed the answers to numbers or dates.

    Parameters
    ----------
    path : Path
        For the message.
    answers : mapping of item id to str
        From one file.
    readings : mapping of item id to str
        What the run has; the message does not tell it.
    """
    keeps_zeros = any(_LEADING_ZERO.match(answer) for answer in answers.values())
    changed = [
        item_id
        for item_id, answer in answers.items()
        if _EXPONENT.fullmatch(answer)
        or _DATE.fullmatch(answer)
        or (not keeps_zeros and _lost_zeros(answer, readings[item_id]))
        or _lost_digits(answer, readings[item_id])
    ]
    if not changed:
        return
    named = ", ".join(changed[:_N_NAMED]) + (", ..." if len(changed) > _N_NAMED else "")
    raise DataError(
        f"{path}: {len(changed)} answers look as if a spreadsheet had changed them: it drops zeros "
        "at the beginning, and turns long numbers into 1.2E+11 and fractions into dates (items "
        f"{named}); format the column answer as text before typing, or fill in {SAMPLE_NAME}.xlsx, "
        "whose cells are text. If the answers are right as they are, give --as-typed"
    )


def _lost_zeros(answer: str, reading: str) -> bool:
    """Return whether an answer is the reading without its leading zeros."""
    typed, read = normalize_answer(answer), normalize_answer(reading)
    return typed.isdigit() and typed != read and read.lstrip("0").zfill(1) == typed


def _lost_digits(answer: str, reading: str) -> bool:
    """Return whether an answer is the reading with zeros in place of its last digits."""
    typed, read = normalize_answer(answer), normalize_answer(reading)
    return (
        typed.isdigit()
        and typed != read
        and len(typed) == len(read) > _EXACT_DIGITS
        and typed[:_EXACT_DIGITS] == read[:_EXACT_DIGITS]
        and not typed[_EXACT_DIGITS:].strip("0")
    )


def _cells(item: SampleItem) -> list[object]:
    """Return the values of `SAMPLE_COLUMNS`."""
    values = {**vars(item), "box": item.box and " ".join(map(str, item.box)), "answer": None}
    return ["" if values[name] is None else values[name] for name in SAMPLE_COLUMNS]
