"""Atomic writes: a file or folder is complete, or as it was before."""

import pytest

from numerals.errors import DataError
from numerals.files import (
    PRIVATE_FILE,
    atomic_file,
    atomic_folder,
    open_atomic,
    write_atomic,
)
from numerals.private_files import write_private_file
from permissions import NEEDS_PERMISSIONS, mode_of

pytestmark = NEEDS_PERMISSIONS


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    write_atomic(path, "before")
    with pytest.raises(KeyboardInterrupt), atomic_file(path) as partial:
        partial.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_private_before_it_has_content(tmp_path):
    path = tmp_path / "a.txt"
    with atomic_file(path, PRIVATE_FILE) as partial:
        assert mode_of(partial) == 0o600
        partial.write_text("secret")
    assert mode_of(path) == 0o600
    write_atomic(path, b"public")
    assert mode_of(path) == 0o644  # as the umask says


def test_a_full_disk_is_reported_and_leaves_no_file(tmp_path, monkeypatch):
    def no_space(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numerals.files.os.fsync", no_space)
    with (
        pytest.raises(DataError, match=r"a\.csv: cannot be written \(No space left"),
        open_atomic(tmp_path / "a.csv") as stream,
    ):
        stream.write(b"x")
    assert list(tmp_path.iterdir()) == []


def test_errors_of_other_files_are_not_reported_as_write_errors(tmp_path):
    with (
        pytest.raises(FileNotFoundError, match="other"),
        open_atomic(tmp_path / "a.csv"),
    ):
        (tmp_path / "other").open()


def test_a_failed_folder_leaves_nothing(tmp_path):
    with (
        pytest.raises(KeyboardInterrupt),
        atomic_folder(tmp_path / "out", private=True) as folder,
    ):
        write_private_file(folder / "a.txt", b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_folder_gets_its_name_when_it_is_complete(tmp_path):
    path = tmp_path / "out"
    with atomic_folder(path, private=True) as folder:
        write_private_file(folder / "a.txt", b"secret")
        assert not path.exists()
    assert (mode_of(path), mode_of(path / "a.txt")) == (0o700, 0o600)
    with pytest.raises(DataError, match="already exists"), atomic_folder(path):
        pass


def test_write_errors_inside_a_folder_name_the_folder(tmp_path):
    path = tmp_path / "out"
    with (
        pytest.raises(DataError, match=r"out: cannot be written \(Is a directory"),
        atomic_folder(path) as folder,
    ):
        (folder / "a").mkdir()
        (folder / "a").write_bytes(b"x")
