"""Models that come in packages of their own, found by the entry points of these."""

from pathlib import Path

GROUPS = {"digits": "numerals.models", "lines": "numerals.line_models"}
"""Kind of model -> the group of entry points; each is named by its script, and is a path."""


def packaged_path(script: str, kind: str) -> Path | None:
    """Return the model that an installed package offers for a script; None where none does."""
    from importlib.metadata import entry_points  # 20 ms that shipped models do without

    for entry in entry_points(group=GROUPS[kind], name=script):
        return Path(entry.load())
    return None


def packaged_scripts() -> set[str]:
    """Return the scripts that installed packages offer digit models for."""
    from importlib.metadata import entry_points

    return {entry.name for entry in entry_points(group=GROUPS["digits"])}
