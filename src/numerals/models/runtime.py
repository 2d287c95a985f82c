"""onnxruntime without its telemetry: the one module that imports it."""

import os
from typing import Any

_DISABLE = "ORT_DISABLE_TELEMETRY"


def load_onnxruntime() -> Any:
    """Return the module onnxruntime, which keeps what it sees to itself.

    Since 1.32 its official builds send events to Microsoft, and store a device id and a database
    of events in the user's cache folder, unless an environment variable forbids it before the
    first import.

    References
    ----------
    onnxruntime, ``Privacy.md``, section "Disabling Telemetry".
    """
    os.environ[_DISABLE] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # where the caller had imported it before
    return onnxruntime
