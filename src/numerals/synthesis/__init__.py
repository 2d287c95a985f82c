"""Composed digits, lines and pages with known labels, to train and test models.

``digit_*``, ``*_digits`` and ``*_glyphs`` make single characters, ``line_*`` lines for line
recognizers, ``page_*`` samples for the page network, ``real_*`` the same samples from real pages.
"""
