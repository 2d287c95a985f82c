"""Files are whole or not there, private where they are to be, and have one writer at a time."""

import os
import stat
import subprocess
import sys

import pytest

from numerals.errors import DataError
from numerals.files import PRIVATE_FILE, open_for_replace, partial_file, write_whole
from numerals.private_files import (
    locked,
    make_private_file,
    make_private_folder,
    tighten,
    warn_if_world_writable,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


@pytest.fixture(autouse=True)
def usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_what_was_there_stays_when_writing_fails(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, "before")
    with pytest.raises(KeyboardInterrupt), partial_file(path) as partial:
        partial.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_private_before_it_has_content(tmp_path):
    path = tmp_path / "a.txt"
    with partial_file(path, PRIVATE_FILE) as partial:
        assert mode_of(partial) == 0o600
        partial.write_text("secret")
    assert mode_of(path) == 0o600
    write_whole(path, b"public")
    assert mode_of(path) == 0o644  # as the umask says


def test_folders_that_are_made_are_private_and_others_stay_as_they_are(tmp_path):
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path / "a" / "b")
    modes = [mode_of(path) for path in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")]
    assert modes == [0o755, 0o700, 0o700]


def test_a_file_that_is_too_open_is_tightened(tmp_path):
    path = tmp_path / "store.db"
    path.write_bytes(b"kept")
    path.chmod(0o664)
    make_private_file(path)
    assert (mode_of(path), path.read_bytes()) == (0o600, b"kept")
    tighten(tmp_path / "not there")


def test_what_cannot_be_tightened_is_reported(tmp_path, monkeypatch, caplog):
    path = tmp_path / "store.db"
    path.touch(0o644)

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(type(path), "chmod", refuse)
    tighten(path)
    assert f"{path}: others may read it" in caplog.text


def test_a_folder_that_anybody_may_write_is_reported(tmp_path, caplog):
    tmp_path.chmod(0o777)
    warn_if_world_writable(tmp_path)
    assert "chmod o-w" in caplog.text
    caplog.clear()
    tmp_path.chmod(0o1777)  # as /tmp is
    warn_if_world_writable(tmp_path)
    assert caplog.text == ""


def test_a_device_or_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(OSError):
            make_private_file(path)


def test_a_lock_is_held_by_one_process_and_given_back_when_it_is_killed(tmp_path):
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


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def no_space(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numerals.files.os.fsync", no_space)
    with (
        pytest.raises(DataError, match=r"a\.csv: cannot be written \(No space left"),
        open_for_replace(tmp_path / "a.csv") as stream,
    ):
        stream.write(b"x")
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_another_file_is_not_taken_for_one_of_writing(tmp_path):
    with (
        pytest.raises(FileNotFoundError, match="other"),
        open_for_replace(tmp_path / "a.csv"),
    ):
        (tmp_path / "other").open()
