"""What a model was trained on, for its metadata."""

import os
import platform

import torch


def describe_machine() -> str:
    """Return cores and processor, and the GPU where there is one."""
    gpu = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    return f"{os.cpu_count()} cores, {platform.machine()}{gpu}"
