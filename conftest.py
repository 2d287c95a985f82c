"""Loaded before all tests, and before the libraries that look at what is set here."""

import os

if "PYTEST_XDIST_WORKER" in os.environ:
    # There is a worker for each core: threads within them only get in each other's way.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
