"""Constraints between the numbers of tables: down a column, and within a row."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from numerals.constraints.resolve import Choice, resolve
from numerals.constraints.rules import Reading, Rules
from numerals.reading.line_candidates import line_candidates
from numerals.reading.read_files import FileResult
from numerals.records import Box, Digit, Line

_Place = tuple[int, int]  # index of the page, and of the line on it


@dataclass(frozen=True)
class _Row:
    """The cells of a row that hold one number each."""

    places: Mapping[str, _Place]  # by the number of the column, from 1
    lines: Mapping[str, Line]


def constrain_tables(results: Iterable[FileResult], rules: Rules) -> Iterator[FileResult]:
    """Choose readings of the numbers in tables that satisfy constraints.

    The tables of a file are one table that continues over its pages.

    Parameters
    ----------
    results : iterable of FileResult
    rules : Rules

    Yields
    ------
    FileResult
        Numbers whose reading was replaced are marked as changed; those that satisfy their
        constraints with no reading that is probable enough are not accepted.
    """
    for result in results:
        pages = [list(page.lines) for page in result.pages]
        for row in resolve(_rows(result), rules, _readings, _update):
            for column, (page, number) in row.places.items():
                pages[page][number] = row.lines[column]
        changed = zip(result.pages, pages, strict=True)
        yield replace(
            result, pages=tuple(replace(page, lines=tuple(lines)) for page, lines in changed)
        )


def _rows(result: FileResult) -> Iterator[_Row]:
    """Yield the rows of all tables of a file. A cell with several numbers counts as unread."""
    for index, page in enumerate(result.pages):
        rows: dict[tuple[int, int], dict[str, list[int]]] = {}
        for number, line in enumerate(page.lines):
            if line.table is not None and line.cell is not None:
                cells = rows.setdefault((line.table, line.cell[0]), {})
                cells.setdefault(str(line.cell[1] + 1), []).append(number)
        for key in sorted(rows):
            single = {name: cell[0] for name, cell in rows[key].items() if len(cell) == 1}
            yield _Row(
                {name: (index, number) for name, number in single.items()},
                {name: page.lines[number] for name, number in single.items()},
            )


def _readings(row: _Row) -> dict[str, Reading]:
    readings = {}
    for name, line in row.lines.items():
        (text, probability), *others = line_candidates(line)
        readings[name] = Reading(text, probability, tuple(others))
    return readings


def _update(row: _Row, choices: Mapping[str, Choice]) -> _Row:
    readings = _readings(row)
    updated = {
        name: _update_line(row.lines[name], readings[name], choice)
        for name, choice in choices.items()
    }
    return replace(row, lines={**row.lines, **updated})


def _update_line(line: Line, reading: Reading, choice: Choice) -> Line:
    if choice.text == line.text:
        return replace(line, accepted=line.accepted is not False and not choice.problem)
    return replace(
        line,
        text=choice.text,
        confidence=choice.probability,
        digits=_replace_digits(line, choice),
        alternatives=reading.others(choice.text),
        accepted=not choice.problem,
        changed=True,
    )


def _replace_digits(line: Line, choice: Choice) -> tuple[Digit, ...]:
    """Return the digits of another reading: in place if there are as many, else evenly spaced."""
    characters = choice.text.replace(" ", "")
    if len(characters) == len(line.digits):
        return tuple(
            _replace_digit(digit, text) for digit, text in zip(line.digits, characters, strict=True)
        )
    boxes = _divide(line.box, len(characters))
    return tuple(
        Digit(text, choice.probability, box) for text, box in zip(characters, boxes, strict=True)
    )


def _replace_digit(digit: Digit, text: str) -> Digit:
    if digit.text == text:
        return digit
    others = {digit.text: digit.confidence, **dict(digit.alternatives)}
    confidence = others.pop(text, 0.0)
    alternatives = tuple(sorted(others.items(), key=lambda other: -other[1]))
    return Digit(text, confidence, digit.box, alternatives)


def _divide(box: Box, n_parts: int) -> list[Box]:
    """Divide a box into parts of equal width."""
    x_min, y_min, x_max, y_max = box
    edges = [x_min + (x_max - x_min) * i // n_parts for i in range(n_parts + 1)]
    return [(edges[i], y_min, max(edges[i + 1], edges[i] + 1), y_max) for i in range(n_parts)]
