"""Many files: read by all cores or a cluster, into one table or a resumable run."""

from numerals.batch.runs import Run, open_run

__all__ = ["Run", "open_run"]
