"""The answers of double keying, of which each reviewer gives one per line."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, select

from numerals.store.schema import KEYED_ANSWERS, LINES


@dataclass(frozen=True)
class KeyedAnswer:
    """The answer of one reviewer to a line.

    Attributes
    ----------
    at : str
        Time, ISO 8601 in UTC.
    by : str
        Name that the reviewer gave.
    text : str
        Empty if there is nothing.
    """

    at: str
    by: str
    text: str

    def to_dict(self) -> dict[str, str]:
        """Return plain Python values, ready for JSON."""
        return {"at": self.at, "by": self.by, "text": self.text}


def keyed_answers_of_reading(
    connection: Connection, reading_id: int
) -> dict[int, list[KeyedAnswer]]:
    """Return the answers to the lines of a reading, keyed by line id, oldest first."""
    answers: dict[int, list[KeyedAnswer]] = defaultdict(list)
    columns = KEYED_ANSWERS.c
    lines = select(LINES.c.id).where(LINES.c.reading_id == reading_id)
    query = select(columns.line_id, columns.at, columns.by, columns.text)
    for row in connection.execute(query.where(columns.line_id.in_(lines)).order_by(columns.id)):
        answers[row.line_id].append(KeyedAnswer(row.at, row.by, row.text))
    return answers
