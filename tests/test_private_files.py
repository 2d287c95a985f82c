"""Private files and folders, and locks between processes."""

import os
import subprocess
import sys

import pytest

from numerals.private_files import (
    locked,
    make_private_file,
    make_private_folder,
    restrict_permissions,
    warn_if_world_writable,
)
from permissions import NEEDS_PERMISSIONS, mode_of

pytestmark = NEEDS_PERMISSIONS


def test_new_folders_are_private_and_existing_ones_are_not_changed(tmp_path):
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path / "a" / "b")
    modes = [mode_of(path) for path in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")]
    assert modes == [0o755, 0o700, 0o700]


def test_the_permissions_of_an_existing_file_are_restricted(tmp_path):
    path = tmp_path / "store.db"
    path.write_bytes(b"kept")
    path.chmod(0o664)
    make_private_file(path)
    assert (mode_of(path), path.read_bytes()) == (0o600, b"kept")
    restrict_permissions(tmp_path / "not there")


def test_permissions_that_cannot_be_changed_are_reported(tmp_path, monkeypatch, caplog):
    path = tmp_path / "store.db"
    path.touch(0o644)

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(type(path), "chmod", refuse)
    restrict_permissions(path)
    assert f"{path}: others may read it" in caplog.text


def test_a_world_writable_folder_is_reported(tmp_path, caplog):
    tmp_path.chmod(0o777)
    warn_if_world_writable(tmp_path)
    assert "chmod o-w" in caplog.text
    caplog.clear()
    tmp_path.chmod(0o1777)  # as /tmp is
    warn_if_world_writable(tmp_path)
    assert caplog.text == ""


def test_a_folder_or_pipe_is_not_a_regular_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(OSError):
            make_private_file(path)


def test_a_lock_has_one_holder_and_is_released_when_its_process_is_killed(tmp_path):
    path = tmp_path / ".lock"
    code = (
        "import sys, time, pathlib; from numerals.private_files import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(TimeoutError, match="another process"), locked(path, timeout=0.1):
            pass
    finally:
        other.kill()
        other.communicate()
    with locked(path, timeout=5):
        assert mode_of(path) == 0o600
