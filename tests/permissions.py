"""Marks and a helper for tests of file permissions."""

import os
import stat
from pathlib import Path

import pytest

NEEDS_PERMISSIONS = [
    pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions"),
    pytest.mark.usefixtures("usual_umask"),
]


def mode_of(path: Path) -> int:
    """Return the permissions of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)
