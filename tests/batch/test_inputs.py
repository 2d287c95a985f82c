"""Files of a batch: listed lazily, from folders, patterns, lists and archives."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from numerals.batch import inputs
from numerals.batch.inputs import list_units, read_file_list
from numerals.batch.units import Unit
from numerals.errors import DataError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("scans/2.png", "scans/10.png", "scans/sub/1.jpg", "scans/notes.txt", "one.tif"):
        Path(tmp_path, name).parent.mkdir(exist_ok=True)
        Path(tmp_path, name).touch()
    Path(tmp_path, "scans/sub").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(*arguments, errors=None):
    on_error = pytest.fail if errors is None else lambda error: errors.append(str(error))
    return [unit.name for unit in list_units(arguments, on_error)]


def test_paths_folders_and_patterns(folder):
    assert listed("one.tif", "scans") == [
        "one.tif",
        "scans/2.png",
        "scans/10.png",
        "scans/sub/1.jpg",
    ]
    assert listed("scans/*.png") == ["scans/2.png", "scans/10.png"]


def test_a_folder_is_listed_once_and_a_file_as_often_as_it_is_given(folder):
    assert listed("scans/sub", "scans") == ["scans/sub/1.jpg", "scans/2.png", "scans/10.png"]
    assert listed("one.tif", "one.tif") == ["one.tif", "one.tif"]


def test_misspelled_arguments_are_reported_before_anything_is_read(folder):
    errors = []
    units = list_units(("scans", "gone", "*.bmp"), lambda error: errors.append(str(error)))
    assert [error.split(":")[0] for error in errors] == ["gone", "*.bmp"]
    assert len(list(units)) == 3


def test_a_list_of_files_is_read_as_needed(folder):
    Path("list.txt").write_bytes(b"scans/2.png\r\n\nscans/sub\nna\xffme.png")
    lines = read_file_list("list.txt")
    assert next(lines) == "scans/2.png"
    assert list(lines) == ["scans/sub", "na\udcffme.png"]
    errors = []
    units = list_units(read_file_list("list.txt"), lambda error: errors.append(str(error)))
    assert [unit.name for unit in units] == ["scans/2.png", "scans/sub/1.jpg"]
    assert len(errors) == 1
    with pytest.raises(DataError, match=r"gone\.txt"):
        list(read_file_list("gone.txt"))


def test_pages_of_large_files_become_units(folder, monkeypatch):
    first, *others = [Image.new("L", (9, 9)) for _ in range(20)]
    first.save("book.tif", save_all=True, append_images=others)
    first.save("book.pdf", save_all=True, append_images=others)
    assert len(listed("book.tif", "book.pdf")) == 2  # small
    monkeypatch.setattr(inputs, "_MIN_SPLIT_BYTES", 1)
    for name in ("book.tif", "book.pdf"):
        assert list(list_units([name], pytest.fail)) == [
            Unit(name, name, None, 1, 8),
            Unit(name, name, None, 9, 16),
            Unit(name, name, None, 17, None),
        ]
    assert listed("one.tif") == ["one.tif"]  # damaged: reported when it is read


MEMBERS = ("b/10.png", "b/2.png", "notes.txt", ".hidden.png", "__MACOSX/b/._2.png", "a.jpg")


def write_archive(path):
    if path.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            for name in MEMBERS:
                archive.writestr(name, name.encode())
        return
    with tarfile.open(path, "w:gz" if path.endswith("gz") else "w") as archive:
        for name in MEMBERS:
            item = tarfile.TarInfo(name)
            item.size = len(name)
            archive.addfile(item, io.BytesIO(name.encode()))


@pytest.mark.parametrize(
    ("archive", "names"),
    [
        ("a.zip", ["a.jpg", "b/2.png", "b/10.png"]),
        ("a.tar", ["b/10.png", "b/2.png", "a.jpg"]),
        ("A.TAR.GZ", ["b/10.png", "b/2.png", "a.jpg"]),
    ],
)
def test_pictures_in_archives(folder, archive, names):
    write_archive(archive.lower())
    Path(archive.lower()).rename(archive)
    units = list(list_units([archive], pytest.fail))
    assert units == [Unit(f"{archive}/{name}", archive, name) for name in names]


def test_lists_with_a_mark_and_blank_lines(folder):
    Path("list.txt").write_bytes(b"\xef\xbb\xbfone.tif\r\n  \r\n\r\nscans/2.png")
    assert list(read_file_list("list.txt")) == ["one.tif", "scans/2.png"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        ("one.tif".encode("utf-16"), "save the list of files as UTF-8"),
        (b"one.tif\n" + b"a" * 70_000, "line 2: has 65,536 bytes or more"),
    ],
)
def test_lists_that_name_no_files_are_errors(folder, content, message):
    Path("list.txt").write_bytes(content)
    with pytest.raises(DataError, match=message):
        list(read_file_list("list.txt"))
