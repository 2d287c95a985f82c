"""Batches in the service: uploads, worker processes, lists, pictures, export, progress."""
