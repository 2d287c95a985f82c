"""Arrays of answers and labels to numbers: accuracy, confusion, calibration, rejection, tests.

`numerals.evaluation` offers them under one name.
"""
