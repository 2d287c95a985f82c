"""What a picture shows, told by how it reads."""

from dataclasses import replace

from numerals.records import Page


def choose_more_confident_page(found: Page, as_field: Page) -> Page:
    """Return the surer of two readings of a picture that is cropped to one number.

    Where they differ, their confidence is halved: one of them is wrong for certain.

    Parameters
    ----------
    found : Page
        What was read of the numbers that the page network found.
    as_field : Page
        What was read of the picture as one line.
    """
    surer = as_field if _confidence(as_field) >= _confidence(found) else found
    if not as_field.lines or _digits(found) == _digits(as_field):
        return surer
    halved = tuple(replace(line, confidence=line.confidence / 2) for line in surer.lines)
    return replace(surer, lines=halved)


def _confidence(page: Page) -> float:
    return min((line.confidence for line in page.lines), default=0.0)


def _digits(page: Page) -> str:
    return "".join(c for line in page.lines for c in line.text if c.isdigit())
