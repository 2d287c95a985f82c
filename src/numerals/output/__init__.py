"""Readings as text, CSV rows, JSON and annotated pictures."""
