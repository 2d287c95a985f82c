"""Validation of text fields in JSON bodies."""


def strip_printable(text: str) -> str:
    """Return a text without surrounding spaces.

    Raises
    ------
    ValueError
        If it has characters that cannot be printed, such as NUL and lone surrogates.
    """
    if not all(c.isprintable() for c in text):
        raise ValueError("has characters that cannot be printed")
    return text.strip()
