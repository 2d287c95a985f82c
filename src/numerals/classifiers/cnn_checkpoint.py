"""Checkpoint files, from which an interrupted fit resumes."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from numerals.errors import ModelError
from numerals.files import atomic_file


class Checkpoint:
    """The state of a fit in a file, which is replaced atomically after every epoch.

    Parameters
    ----------
    path : Path
        Need not exist.
    identity : mapping of str to str
        Settings and a fingerprint of the data. Only a fit with the same identity resumes.
    """

    def __init__(self, path: Path, identity: Mapping[str, str]) -> None:
        self.path = path
        self.identity = dict(identity)

    def load(self) -> dict[str, Any] | None:
        """Return the saved state; None if the file does not exist.

        Raises
        ------
        ModelError
            If the file is not a checkpoint, or has other settings or data.
        """
        if not self.path.exists():
            return None
        try:
            saved: dict[str, Any] = torch.load(self.path, weights_only=True)
            identity = saved.pop("identity")
        except Exception as error:  # torch.load raises many types
            raise ModelError(
                f"{self.path}: not a checkpoint; choose another file, or remove this one"
            ) from error
        changed = [name for name in self.identity if identity.get(name) != self.identity[name]]
        if changed:
            name = changed[0]
            raise ModelError(
                f"{self.path}: has {name}={identity.get(name)}; expected {self.identity[name]}: "
                "fit with the settings and data of the checkpoint, choose another file, or remove "
                "this one"
            )
        return saved

    def save(self, state: Mapping[str, Any]) -> None:
        """Write the state atomically."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(self.path) as partial:
            torch.save({**state, "identity": self.identity}, partial)


def fingerprint(*arrays: npt.NDArray[Any]) -> str:
    """Return a hash of the dtype, shape and values of numeric arrays, 16 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=8)
    for array in arrays:
        digest.update(f"{array.dtype.str} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data.cast("B"))
    return digest.hexdigest()
