"""The answers of reviewers: how they are compared with readings, and how they are kept."""

import json
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from numerals.errors import DataError, OptionError
from numerals.records import Box
from numerals.scripts import digits_only, to_ascii_digits

ILLEGIBLE = "illegible"
"""The answer to a number that cannot be read. It counts as wrong."""
NOTHING = "nothing"
"""The answer to a box without a number. It counts as wrong."""
SETTLED = "settled"
"""The reviewer whose answers decide where the two of a double-keyed audit differ."""

MAX_ANSWER = 200
"""Maximum number of characters of an answer."""

_MAX_LINE = 8192  # bytes of a line of answers; those of `MAX_ANSWER` characters are shorter
_REVIEWER = re.compile(r"\w[\w.-]{0,63}")  # part of a file name
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")


@dataclass(frozen=True)
class SampleItem:
    """One number of a sample, without its reading.

    Attributes
    ----------
    id : str
        Its position in the draw, such as ``"0042"``.
    file : str
    page, line : int, optional
        Page of the file, and line on the page, from 1.
    table, row, column : int, optional
        Place in a table, from 1.
    field : str, optional
        Name of the field of a form.
    box : Box, optional
        Pixels of the original picture.
    """

    id: str
    file: str
    page: int | None = None
    line: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    field: str | None = None
    box: Box | None = None


def normalize_answer(text: str, compare: str = "exact") -> str:
    """Return the form in which answers and readings are compared.

    Digits of all scripts become 0 to 9, dashes become ``-``, spaces and full-width forms are
    removed. Signs and separators stay, unless only digits are compared.

    Parameters
    ----------
    text : str
    compare : {"exact", "digits"}

    Examples
    --------
    >>> normalize_answer(" ೭೦ ,5"), normalize_answer("1.234,50", "digits")
    ('70,5', '123450')
    """
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES)
    folded = to_ascii_digits("".join(folded.split()))
    return digits_only(folded) if compare == "digits" else folded


def special_answer(text: str) -> str | None:
    """Return `ILLEGIBLE` or `NOTHING` if the answer is one of these words, else None."""
    word = text.strip().casefold()
    return word if word in (ILLEGIBLE, NOTHING) else None


def is_right(reading: str, answer: str, compare: str = "exact") -> bool:
    """Return whether a reading agrees with a reviewer's answer.

    Examples
    --------
    >>> is_right("70", "೭೦"), is_right("70", "illegible"), is_right("070", "70")
    (True, False, False)
    """
    if special_answer(answer) is not None:
        return False
    return normalize_answer(reading, compare) == normalize_answer(answer, compare)


def check_reviewer(name: str) -> str:
    """Return the name of a reviewer, which becomes part of a file name.

    Raises
    ------
    OptionError
        If it has other characters than letters, digits, ``_``, ``.`` and ``-``.
    """
    if not _REVIEWER.fullmatch(name):
        raise OptionError(
            f"got the reviewer {name!r}, expected 1 to 64 letters, digits, '_', '.' or '-'; "
            "choose a simple name, such as anna"
        )
    return name


def check_answer(text: str) -> str:
    """Return an answer without spaces around it.

    Raises
    ------
    OptionError
        If it is empty or too long.
    """
    stripped = text.strip()
    if not stripped or len(stripped) > MAX_ANSWER:
        raise OptionError(
            f"got an answer of {len(stripped)} characters, expected 1 to {MAX_ANSWER}; write "
            f"{ILLEGIBLE} for a number that cannot be read, {NOTHING} if there is none"
        )
    return special_answer(stripped) or stripped


def now() -> str:
    """Return the current time, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def append_answers(path: Path, answers: Mapping[str, str]) -> None:
    """Append answers by item id to a file of JSON lines, and flush it to the disk."""
    at = now()
    lines = [
        json.dumps({"id": item_id, "text": text, "at": at}, ensure_ascii=False) + "\n"
        for item_id, text in answers.items()
    ]
    with path.open("a+b") as stream:
        _drop_incomplete_line(stream)
        stream.write("".join(lines).encode())
        stream.flush()
        os.fsync(stream.fileno())


def _drop_incomplete_line(stream: IO[bytes]) -> None:
    """Truncate a last line without its end, so that the next line does not continue it."""
    end = stream.seek(0, os.SEEK_END)
    start = max(0, end - _MAX_LINE)
    stream.seek(start)
    tail = stream.read()
    if tail and not tail.endswith(b"\n"):
        stream.truncate(start + tail.rfind(b"\n") + 1)


def load_answers(path: Path) -> dict[str, str]:
    """Return the last answer to each item of a file, by item id.

    A last line without its end, as after a power failure, is ignored.

    Raises
    ------
    DataError
        If another line is not an answer.
    """
    if not path.exists():
        return {}
    answers: dict[str, str] = {}
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines[:-1], start=1):
        try:
            entry = json.loads(line)
            answers[str(entry["id"])] = str(entry["text"])
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{path}, line {number}: is not an answer; restore the file from a backup"
            ) from error
    return answers


def decide_answers(
    answers: Mapping[str, Mapping[str, str]], ids: list[str], *, double: bool, compare: str
) -> tuple[dict[str, str], list[str], list[str]]:
    """Decide the answer to each item from those of the reviewers.

    Parameters
    ----------
    answers : mapping of reviewer to (mapping of item id to str)
    ids : list of str
    double : bool
        Whether two reviewers must answer each item.
    compare : {"exact", "digits"}

    Returns
    -------
    decided : dict of item id to str
    unanswered : list of item id
        Items that need an answer, or a second one.
    disputed : list of item id
        Items whose answers differ, and that `SETTLED` has not answered.
    """
    decided: dict[str, str] = {}
    unanswered, disputed = [], []
    settled = answers.get(SETTLED, {})
    others = [given for name, given in sorted(answers.items()) if name != SETTLED]
    for item_id in ids:
        given = [each[item_id] for each in others if item_id in each]
        if len(given) < (2 if double else 1):
            unanswered.append(item_id)
        elif len({normalize_answer(text, compare) for text in given}) == 1:
            decided[item_id] = given[0]
        elif item_id in settled:
            decided[item_id] = settled[item_id]
        else:
            disputed.append(item_id)
    return decided, unanswered, disputed
