"""Fitting, keeping, comparing and exporting classifiers: what the workbench commands call.

Needs the ``lab`` extra.
"""
