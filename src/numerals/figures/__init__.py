"""Figures (matplotlib), and the self-contained HTML pages that hold them.

Needs the ``lab`` extra.
"""
