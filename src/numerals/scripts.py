"""The digits of each script."""

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
