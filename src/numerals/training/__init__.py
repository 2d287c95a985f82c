"""The recipes that make the shipped models: one command each. Needs the ``lab`` extra."""

RECIPES = ("latin-digit",)
"""Names that ``numerals train --recipe`` takes."""

__all__ = ["RECIPES"]
