"""Checkpoints of training runs."""

from pathlib import Path
from typing import Any

import torch


def save_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Write whole or not at all: who is stopped meanwhile keeps the one before."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)
