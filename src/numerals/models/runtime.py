"""Import onnxruntime with telemetry disabled. No other module imports onnxruntime."""

import os
from dataclasses import dataclass
from typing import Any

_DISABLE_TELEMETRY = "ORT_DISABLE_TELEMETRY"


@dataclass
class RuntimeSettings:
    """Settings of the models that are opened from now on.

    Attributes
    ----------
    n_threads : int
        Threads of each model; 0 stands for one per core. Processes that read in parallel use 1.
    """

    n_threads: int = 0


SETTINGS = RuntimeSettings()
"""Settings for all models of a process; its attributes may be changed."""


def load_onnxruntime() -> Any:
    """Return the module onnxruntime with telemetry disabled.

    Since version 1.32 the official builds send events to Microsoft and store a device id and a
    database of events in the user's cache folder, unless an environment variable forbids it
    before the first import.

    References
    ----------
    onnxruntime, ``Privacy.md``, section "Disabling Telemetry".
    """
    os.environ[_DISABLE_TELEMETRY] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # needed if the caller imported onnxruntime before
    return onnxruntime
