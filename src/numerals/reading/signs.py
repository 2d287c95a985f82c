"""Leave out what is no digit: signs and spaces."""

from dataclasses import replace

from numerals.records import Line, Page


def keep_digits(page: Page) -> Page:
    """Return a page whose lines hold digits alone; lines without any are left out.

    Characters of any script that Unicode calls digits are kept, and ``?`` for digits in doubt.
    """
    lines = (_keep_digits(line) for line in page.lines)
    return replace(page, lines=tuple(line for line in lines if line.text))


def _keep_digits(line: Line) -> Line:
    digits = tuple(digit for digit in line.digits if _is_digit(digit.text))
    alternatives: dict[str, float] = {}
    for text, probability in line.alternatives:
        kept = "".join(filter(_is_digit, text))
        alternatives[kept] = alternatives.get(kept, 0.0) + probability
    text = "".join(digit.text for digit in digits)
    same = alternatives.pop(text, 0.0)  # readings that differ in their signs alone
    confidence = min(1.0, line.confidence + same)
    return replace(
        line,
        text=text,
        confidence=confidence,
        digits=digits,
        alternatives=tuple(alternatives.items()),
    )


def _is_digit(character: str) -> bool:
    return character.isdigit() or character == "?"
