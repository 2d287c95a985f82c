"""Functions that stand for `read_unit` in processes of tests: some files end their process."""

import os
import signal
import time
from pathlib import Path

from numerals.batch.read_units import failed_result
from numerals.errors import ImageError, ModelError


def read_or_die(unit, work):
    """Return a result; kill the process for names that contain "poison"."""
    if "poison" in unit.name:
        os.kill(os.getpid(), signal.SIGKILL)
    if "model" in unit.name:
        raise ModelError("no such model")
    return failed_result(unit, work, ImageError("read"))


def die_once(unit, work):
    """Return a result; kill the process once, when the file that the location names is gone."""
    if unit.location:
        try:
            Path(unit.location).unlink()
        except FileNotFoundError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.001)
    return failed_result(unit, work, ImageError("read"))
