"""The digits of each script."""

import unicodedata

SCRIPTS: dict[str, tuple[str, ...]] = {
    "latin": tuple("0123456789"),
    "kannada": tuple("೦೧೨೩೪೫೬೭೮೯"),
    "persian": tuple("۰۱۲۳۴۵۶۷۸۹"),
    "bangla": tuple("০১২৩৪৫৬৭৮৯"),
    "devanagari": tuple("०१२३४५६७८९"),
}
"""The ten digits of each script, zero first."""


def digits_only(text: str) -> str:
    """Return the characters of `text` that are digits of any script."""
    return "".join(filter(str.isdigit, text))


def to_ascii_digits(text: str) -> str:
    """Replace digits of any script by 0 to 9.

    Examples
    --------
    >>> to_ascii_digits("೭೦")
    '70'
    """
    return "".join(str(unicodedata.digit(c, c)) for c in text)
