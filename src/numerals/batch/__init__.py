"""Many files: read by all cores or a cluster, into one table or a resumable run."""
