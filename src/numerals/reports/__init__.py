"""Render results of `evaluation`, `lab` and `explain` as HTML pages, charts and text tables.

These modules compute no results. Charts and pages need the ``lab`` extra; text tables do not.
"""
