"""Results of `evaluation`, `explain` and `lab` as HTML pages, charts and text tables.

Nothing is computed here. Charts and pages need the ``lab`` extra, text tables do not.
"""
