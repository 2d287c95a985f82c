"""Constraints between numbers: relations in a row, order and uniqueness down a column."""

from numerals.constraints.rule_files import load_rules
from numerals.constraints.rules import ColumnRule, Rules

__all__ = ["ColumnRule", "Rules", "load_rules"]
