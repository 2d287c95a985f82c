"""Members of archives are read by name; damaged and hostile archives are errors."""

import gzip
import io
import tarfile
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from numerals.batch import archives
from numerals.batch.archives import Archive, list_members
from numerals.errors import ImageError, ImageTooLargeError
from numerals.images import Limits

CONTENTS = {f"{i}.png": bytes([i]) * 5000 for i in range(5)}
LIMITS = Limits()


@pytest.fixture(params=["a.zip", "a.tar", "a.tar.gz", "a.tar.xz"])
def path(request, tmp_path):
    path = tmp_path / request.param
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in CONTENTS.items():
                archive.writestr(name, content)
        return path
    mode = {"a.tar": "w", "a.tar.gz": "w:gz", "a.tar.xz": "w:xz"}[path.name]
    with tarfile.open(path, mode) as archive:
        for name, content in CONTENTS.items():
            item = tarfile.TarInfo(name)
            item.size = len(content)
            archive.addfile(item, io.BytesIO(content))
    return path


def open_archive(path):
    return closing(Archive(lambda: path.open("rb"), str(path)))


def read(path, name, limits=LIMITS):
    with open_archive(path) as archive:
        return archive.read(name, limits)


def members(path):
    return list(list_members(lambda: path.open("rb"), str(path)))


def test_members_are_read_in_any_order(path):
    with open_archive(path) as archive:
        for name in ("1.png", "3.png", "0.png", "4.png", "4.png"):
            assert archive.read(name, LIMITS) == CONTENTS[name]
        with pytest.raises(ImageError, match=r"a\.\S+/9\.png: is no longer in the archive"):
            archive.read("9.png", LIMITS)
    assert members(path) == list(CONTENTS)


def test_damaged_archives_are_reported(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ImageError, match=path.name):
        for name in members(path):
            read(path, name)
    path.write_bytes(b"no archive")
    with pytest.raises(ImageError, match=path.name):
        members(path)
    path.unlink()
    with pytest.raises(ImageError, match="no such file"):
        members(path)


def test_large_members_are_refused_while_they_are_read(path):
    with pytest.raises(ImageTooLargeError, match=r"1\.png: has more than"):
        read(path, "1.png", Limits(file_bytes=4000))


def test_archives_with_too_many_files_are_refused(path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    with pytest.raises(ImageError, match="more than the 3 files"):
        members(path)


def test_a_header_that_declares_gigabytes_is_refused(tmp_path):
    path = tmp_path / "bomb.tar.gz"
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 2 << 30
    with gzip.open(path, "wb") as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT) + bytes(10_000_000))
    with pytest.raises(ImageError, match="bomb"):
        members(path)


def test_an_encrypted_member_is_reported(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"x")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(ImageError, match="needs a password"):
        read(path, "a.png")


def test_an_archive_without_pictures_is_reported(tmp_path):
    path = Path(tmp_path, "a.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", b"x")
    with pytest.raises(ImageError, match="no pictures in this archive"):
        members(path)


def test_links_and_members_outside_the_folder_are_accounted_for(tmp_path):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in (
            ("../up.png", tarfile.REGTYPE),
            ("/abs.png", tarfile.REGTYPE),
            ("link.png", tarfile.SYMTYPE),
            ("hard.png", tarfile.LNKTYPE),
            ("device.png", tarfile.CHRTYPE),
        ):
            item = tarfile.TarInfo(name)
            item.type, item.linkname = kind, "/etc/passwd"
            item.size = 3 if kind == tarfile.REGTYPE else 0
            archive.addfile(item, io.BytesIO(b"abc"))
    regular, links = members(path)[:2], members(path)[2:]
    assert regular == ["../up.png", "/abs.png"]
    assert [read(path, name) for name in regular] == [b"abc", b"abc"]
    assert links == ["link.png", "hard.png", "device.png"]
    for name in links:
        with pytest.raises(ImageError, match="is a link, or no regular file; extract"):
            read(path, name)


def test_archives_in_an_archive_are_reported(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.zip", b"")
    with pytest.raises(ImageError, match="has no pictures but archives; extract it first"):
        members(path)
