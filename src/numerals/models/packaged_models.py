"""Models that ship with numerals, or with an installed package that has entry points."""

from pathlib import Path

SHIPPED_FOLDER = Path(__file__).parent
"""Folder of the models that ship with numerals."""
ENTRY_POINT_GROUPS = {"digits": "numerals.models", "lines": "numerals.line_models"}
"""Kind of model -> entry point group. An entry point's name is a script, its value a path."""


def packaged_path(script: str, kind: str) -> Path | None:
    """Return the model of an installed package for a script; None without one."""
    from importlib.metadata import entry_points  # takes 20 ms; shipped models do not need it

    for entry in entry_points(group=ENTRY_POINT_GROUPS[kind], name=script):
        return Path(entry.load())
    return None


def packaged_scripts() -> set[str]:
    """Return the scripts for which installed packages have digit models."""
    from importlib.metadata import entry_points

    return {entry.name for entry in entry_points(group=ENTRY_POINT_GROUPS["digits"])}
