"""A file from which a stopped fit goes on."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from numerals.errors import ModelError
from numerals.files import partial_file


class Checkpoint:
    """What a fit has reached, in a file that is replaced whole after every epoch.

    Parameters
    ----------
    path : Path
        Need not exist.
    identity : mapping of str to str
        Settings and data: a run goes on only where it was begun with the same.
    """

    def __init__(self, path: Path, identity: Mapping[str, str]) -> None:
        self.path = path
        self.identity = dict(identity)

    def load(self) -> dict[str, Any] | None:
        """Return what was saved; None where there is no file.

        Raises
        ------
        ModelError
            If the file is no checkpoint, or one of other settings or data.
        """
        if not self.path.exists():
            return None
        try:
            saved: dict[str, Any] = torch.load(self.path, weights_only=True)
            identity = saved.pop("identity")
        except Exception as error:  # torch.load raises many kinds
            raise ModelError(
                f"{self.path}: not a checkpoint; name another file, or remove this one"
            ) from error
        changed = [name for name in self.identity if identity.get(name) != self.identity[name]]
        if changed:
            name = changed[0]
            raise ModelError(
                f"{self.path} was begun with {name}={identity.get(name)}, not "
                f"{self.identity[name]}; fit with what it was begun with, name another file, or "
                "remove this one"
            )
        return saved

    def save(self, state: Mapping[str, Any]) -> None:
        """Write whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with partial_file(self.path) as partial:
            torch.save({**state, "identity": self.identity}, partial)


def fingerprint(*arrays: npt.NDArray[Any]) -> str:
    """Return a short text that differs where dtype, shape or values of arrays of numbers do."""
    digest = hashlib.blake2b(digest_size=8)
    for array in arrays:
        digest.update(f"{array.dtype.str} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data.cast("B"))
    return digest.hexdigest()
