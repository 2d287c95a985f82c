"""Functions that end the processes of tests."""

import os
import signal


def double(task):
    """Return twice the task; kill the process for 13."""
    if task == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * task


def die(task):
    """Kill the process."""
    os.kill(os.getpid(), signal.SIGKILL)
