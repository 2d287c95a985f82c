"""Damaged and hostile files for all readers of untrusted files, for the tests and tools/fuzz.py."""
