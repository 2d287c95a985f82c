"""Checkpoints of training runs."""

from pathlib import Path
from typing import Any

import torch

from numerals.files import partial_file


def save_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Write whole or not at all: who is stopped meanwhile keeps the one before."""
    with partial_file(path) as partial:
        torch.save(state, partial)
