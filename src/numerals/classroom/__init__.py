"""Digits that a class draws: the journal of one class, and the journals as data sets."""
