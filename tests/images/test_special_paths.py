"""Special files, circular links and unusual paths do not block or recurse without end."""

import os
import socket
import sys
from pathlib import Path

import pytest

from numerals.errors import ImageError
from numerals.images import load_picture, picture_paths

DEPTH = 1050  # folders; more than Python's recursion limit of 1000
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")


@pytest.fixture
def png(drawing, encode) -> bytes:
    return encode(drawing, "PNG")


@posix
def test_a_named_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ImageError, match=r"pipe: is a named pipe; give a file, or - for"):
        load_picture(tmp_path / "pipe")
    with pytest.raises(ImageError, match="no pictures in this folder"):
        (tmp_path / "pipe").rename(tmp_path / "pipe.png")
        picture_paths([tmp_path])


@posix
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_devices_are_refused(device):
    with pytest.raises(ImageError, match=rf"{device}: (is a device|cannot be opened)"):
        load_picture(device)


@posix
def test_a_socket_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # socket paths must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("here.png")
        with pytest.raises(ImageError, match=r"here\.png: is a socket"):
            load_picture("here.png")


@posix
def test_pipe_of_a_shell_process_substitution_is_read(png):
    reading, writing = os.pipe()
    os.write(writing, png)
    os.close(writing)
    assert load_picture(f"/dev/fd/{reading}").width == 96
    os.close(reading)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ImageError, match="is a folder; give the files in it"):
        load_picture(tmp_path)


@pytest.mark.parametrize("find", [load_picture, lambda path: picture_paths([path])])
def test_an_empty_path_is_not_the_current_folder(find):
    with pytest.raises(ImageError, match="the path is empty; name a file"):
        find("")


def test_file_that_grows_while_it_is_read_is_bounded(tmp_path, png, monkeypatch):
    from numerals.images import Limits
    from numerals.images import source_bytes as files

    path = tmp_path / "growing.png"
    path.write_bytes(png)
    monkeypatch.setattr(files.os, "fstat", lambda fd: Path(__file__).stat())  # a smaller size
    with pytest.raises(ImageError, match="MiB allowed"):
        load_picture(path, limits=Limits(file_bytes=len(png) - 1))


@posix
def test_circular_links_are_followed_once(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").touch()
    for i in range(12):  # each link doubles the number of paths
        (tmp_path / "a" / f"up{i}").symlink_to(tmp_path)
        (tmp_path / "b" / f"up{i}").symlink_to(tmp_path)
    real = [tmp_path / "a" / "1.png", tmp_path / "b" / "1.png"]
    assert picture_paths([tmp_path]) == real
    assert picture_paths([f"{tmp_path}/**/*.png"]) == real
    assert picture_paths([f"{tmp_path}/**/b/*.png"]) == [real[1]]


@posix
def test_folder_reached_only_by_a_link_is_found(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "1.png").touch()
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "link").symlink_to(tmp_path / "elsewhere")
    assert picture_paths([tmp_path / "scans"]) == [tmp_path / "scans" / "link" / "1.png"]


@pytest.fixture
def deep(tmp_path, monkeypatch) -> Path:
    """Make many nested folders with a picture in the innermost one."""
    monkeypatch.chdir(tmp_path)
    for _ in range(DEPTH):
        Path("n").mkdir()
        os.chdir("n")
    Path("1.png").touch()
    os.chdir(tmp_path)
    yield Path("n")
    for _ in range(DEPTH):
        os.chdir("n")
    Path("1.png").unlink()
    for _ in range(DEPTH):
        os.chdir("..")
        Path("n").rmdir()


@posix
def test_folders_nested_deeper_than_python_recurses(deep):
    expected = [Path(*["n"] * DEPTH, "1.png")]
    assert picture_paths([deep]) == expected
    assert picture_paths(["n/**/*.png"]) == expected


@posix
def test_a_name_that_is_not_utf8(tmp_path, png):
    path = os.fsencode(tmp_path) + b"/\xff.png"
    try:
        Path(os.fsdecode(path)).write_bytes(png)
    except OSError:
        pytest.skip("this file system has no such names")
    [result] = picture_paths([tmp_path])
    assert load_picture(result).source == os.fsdecode(path)
