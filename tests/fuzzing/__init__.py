"""Damaged and hostile files for every reader of untrusted files; the tests and tools/fuzz.py."""
