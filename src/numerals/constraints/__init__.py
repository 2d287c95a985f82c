"""Constraints between numbers: relations in a row, order and uniqueness down a column."""
