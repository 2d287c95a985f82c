"""Files, folders and patterns are expanded to files in natural order."""

from pathlib import Path

import pytest

from numerals.errors import ImageError
from numerals.images import natural_key, picture_paths
from numerals.images.path_patterns import list_pictures


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    for name in ("10.jpg", "2.JPG", "1.png", "notes.txt", ".hidden.jpg", "sub/3.pdf", ".git/4.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(paths: list[Path]) -> list[str]:
    return [path.as_posix() for path in paths]


@pytest.mark.parametrize(
    "ordered",
    [
        ["1.jpg", "2.jpg", "10.jpg"],
        ["a2b1", "a2b10", "a10b1"],
        ["Page 9", "page 10"],
        ["01", "1", "02", "2"],
        ["", "7", "a"],
        ["x" + "9" * 5000, "x1" + "0" * 5000],
    ],
)
def test_natural_key(ordered):
    assert sorted(reversed(ordered), key=natural_key) == ordered


def test_folder_is_searched_recursively_for_known_suffixes(folder):
    result = picture_paths([folder])
    assert names(path.relative_to(folder) for path in result) == [
        "1.png",
        "2.JPG",
        "10.jpg",
        "sub/3.pdf",
    ]


def test_unexpanded_patterns_are_matched(folder):
    assert names(picture_paths(["*.[jJ]*"])) == ["2.JPG", "10.jpg"]
    assert names(picture_paths(["**/*.p*"])) == ["1.png", "sub/3.pdf"]
    assert len(picture_paths([f"{folder}/*.jpg"])) == 1


def test_paths_are_unique_and_in_natural_order(folder):
    assert names(picture_paths(["10.jpg", "2.JPG", "*.jpg"])) == ["2.JPG", "10.jpg"]


def test_explicit_files_need_no_known_suffix(folder):
    assert names(picture_paths(["notes.txt"])) == ["notes.txt"]


def test_name_that_looks_like_a_pattern(folder):
    (folder / "scan[1].jpg").touch()
    assert names(picture_paths(["scan[1].jpg"])) == ["scan[1].jpg"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("gone.jpg", "gone.jpg: no such file or folder"),
        ("*.webp", "matches no file"),
        ("empty", "no pictures in this folder"),
        ("x" * 5000, "no such file|cannot be searched"),
        ("nul\0", "no such file|cannot be searched"),
    ],
)
def test_no_match_raises(folder, pattern, message):
    (folder / "empty").mkdir()
    with pytest.raises(ImageError, match=message):
        picture_paths(["1.png", pattern])


def test_folders_are_listed_lazily_in_the_order_of_sorted_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b/2.png", "b/10.png", "b10/1.png", "b2.png", "B/3.png", "a.png", "b/c/d/0.jpg"):
        Path("scans", name).parent.mkdir(parents=True, exist_ok=True)
        Path("scans", name).touch()
    Path("scans/link").symlink_to("b")
    Path("scans/gone.png").symlink_to("nowhere")
    assert list(list_pictures("scans")) == list(map(str, picture_paths(["scans"])))
    assert next(list_pictures("scans")) == "scans/a.png"


def test_a_folder_is_listed_once_for_all_patterns(folder):
    visited = set()
    first, second = (list(list_pictures(".", visited)) for _ in range(2))
    assert first and not second
