"""Checkpoints of training runs: state dictionaries, the random state and counters in one file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import torch

from numerals.files import atomic_file


class Stateful(Protocol):
    """An object with a state dictionary: a network, an optimizer, a moving average."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state."""

    def load_state_dict(self, state: dict[str, Any], /) -> Any:
        """Restore a state."""


def save_checkpoint(
    path: Path, parts: Mapping[str, Stateful], values: Mapping[str, Any] | None = None
) -> None:
    """Write a checkpoint atomically: if the process is stopped, the previous one remains.

    Parameters
    ----------
    path : Path
        Its directory is created if necessary.
    parts : mapping of str to Stateful
        Objects whose state is saved, by name.
    values : mapping of str to object, optional
        Counters and tensors that are saved too.
    """
    state: dict[str, Any] = {name: part.state_dict() for name, part in parts.items()}
    state |= {"values": dict(values or {}), "torch_rng_state": torch.get_rng_state()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as partial:
        torch.save(state, partial)


def restore_checkpoint(
    path: Path, parts: Mapping[str, Stateful], device: torch.device | None = None
) -> dict[str, Any]:
    """Restore `parts` and torch's random state from a checkpoint, if there is one.

    Parameters
    ----------
    path : Path
    parts : mapping of str to Stateful
        Objects of the kinds that were saved, by the same names.
    device : torch.device, optional
        Where to load tensors; by default the CPU.

    Returns
    -------
    dict of str to object
        The values that were saved; empty if the file does not exist.
    """
    if not path.exists():
        return {}
    state = torch.load(path, weights_only=True, map_location=device or torch.device("cpu"))
    for name, part in parts.items():
        part.load_state_dict(state[name])
    torch.set_rng_state(state["torch_rng_state"].cpu())
    values: dict[str, Any] = state["values"]
    return values
