"""Serve with a training that takes seconds: ``training_server.py PORT STORE seconds|minutes``."""

import sys
from pathlib import Path

for folder in (Path(__file__).parents[1], Path(__file__).parents[2]):
    sys.path.insert(0, str(folder))

from trainable import MINUTES, SECONDS

from numerals.cli.serve import _run
from numerals.web import Settings

if __name__ == "__main__":
    port, store, duration = sys.argv[1:]
    tuning = SECONDS if duration == "seconds" else MINUTES
    _run(Settings(store=store, finetuning=tuning), "127.0.0.1", int(port))
