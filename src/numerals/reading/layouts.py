"""What a picture shows, by the names that callers give it."""

LAYOUTS = ("page", "table", "field", "digit")
"""Any number of lines, a table, exactly one line, or exactly one digit."""

_SPELLINGS = {"digits": "digit"}  # as the command line and the service call it


def parse_layout(name: str) -> str:
    """Return the layout of that name, one of `LAYOUTS`; ``"digits"`` is the same as ``"digit"``.

    Raises
    ------
    ValueError
        If there is none.
    """
    layout = _SPELLINGS.get(name, name)
    if layout not in LAYOUTS:
        raise ValueError(f"layout={name!r}; expected one of {', '.join((*LAYOUTS, *_SPELLINGS))}")
    return layout
