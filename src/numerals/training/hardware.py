"""The machine that a model is trained on: device selection, and its description in metadata."""

import os
import platform

import torch


def describe_machine() -> str:
    """Return the number of CPU cores, the architecture, and the GPU's name if there is one."""
    gpu = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    return f"{os.cpu_count()} cores, {platform.machine()}{gpu}"


def best_device() -> torch.device:
    """Return the CUDA device if one is available, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
