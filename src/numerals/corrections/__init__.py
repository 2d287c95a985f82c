"""Review of stored lines (confirm, correct, skip, undo), and the answers as training data.

`review_queue` and `answered_lines` need the ``web`` extra (SQLAlchemy); the other modules import
them when a store exists.
"""
