"""The journal of a class survives crashes, and forgets what was removed."""

import stat

import numpy as np
import pytest

from numerals.classroom.journal import MAX_DRAWINGS, ClassJournal, read_class
from numerals.errors import DataError, NotStoredError, OptionError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "classes" / "a.jsonl"


def image(value=200):
    picture = np.zeros((28, 28), np.uint8)
    picture[4:24, 12:16] = value
    return picture


def test_drawings_are_there_after_a_restart(path):
    journal = ClassJournal(path)
    ana, ben = journal.add_writer("Ana"), journal.add_writer("")
    journal.add_drawing(ana, 0, 0, image(), "0")
    journal.add_drawing(ben, 0, 1, image(90), "")
    journal.close()
    again = ClassJournal(path)
    assert again.record.names == {1: "Ana", 2: ""}
    first, second = again.drawings()
    assert (first.writer, first.label, first.answer) == (ana, 0, "0")
    assert (second.writer, second.label, second.answer) == (ben, 1, "")
    assert np.array_equal(second.image, image(90))
    assert again.record.code == journal.record.code
    assert again.key_of(ana) == journal.key_of(ana) != journal.key_of(ben)


def test_a_drawing_that_is_sent_again_replaces_the_first(path):
    journal = ClassJournal(path)
    writer = journal.add_writer("")
    journal.add_drawing(writer, 3, 3, image(50), "3")
    journal.add_drawing(writer, 3, 3, image(60), "3")
    (drawing,) = journal.drawings()
    assert drawing.image.max() == 60


def test_removed_pixels_leave_the_file(path):
    journal = ClassJournal(path)
    writer = journal.add_writer("")
    removed = journal.add_drawing(writer, 0, 0, image(77), "0")
    journal.add_drawing(writer, 1, 1, image(88), "1")
    journal.remove_drawing(removed.id)
    assert [drawing.label for drawing in journal.drawings()] == [1]
    with pytest.raises(NotStoredError):
        journal.remove_drawing(99)
    journal.close()
    size = path.stat().st_size
    assert [drawing.label for drawing in ClassJournal(path).drawings()] == [1]
    assert path.stat().st_size < size - 784


def test_a_line_that_was_cut_off_is_ignored(path):
    journal = ClassJournal(path)
    writer = journal.add_writer("Ana")
    journal.add_drawing(writer, 0, 0, image(), "0")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert read_class(path).drawings == []
    journal.close()
    reopened = ClassJournal(path)
    reopened.add_drawing(writer, 0, 0, image(), "0")
    assert len(read_class(path).drawings) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"{}\n",
        b"[1]\n",
        b"no\n",
        b'{"event": "drawing"}\n',
        b'{"event": "x"}\n',
        b'{"event": "writer", "writer": 1e999, "name": ""}\n',
    ],
)
def test_other_files_are_errors(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(DataError, match="line 1 is not an event of a class"):
        ClassJournal(path)
    assert path.read_bytes() == content


def test_wrong_drawings_are_refused(path):
    journal = ClassJournal(path)
    with pytest.raises(NotStoredError, match="no pupil 1"):
        journal.add_drawing(1, 0, 0, image(), "0")
    writer = journal.add_writer("")
    for position, label in ((-1, 0), (MAX_DRAWINGS, 0), (0, 10)):
        with pytest.raises(OptionError):
            journal.add_drawing(writer, position, label, image(), "0")


def test_the_file_is_private(path):
    ClassJournal(path).add_writer("Ana")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_class_is_open_only_once(path):
    """Two services would give the same number to two pupils."""
    journal = ClassJournal(path)
    with pytest.raises(OptionError, match="open in another service"):
        ClassJournal(path)
    assert read_class(path).code == journal.record.code  # other commands may read it
    journal.close()
    ClassJournal(path).close()


def test_a_damaged_file_does_not_stay_locked(path):
    path.parent.mkdir()
    path.write_bytes(b"no\n")
    for _ in range(2):
        with pytest.raises(DataError):
            ClassJournal(path)


def test_a_file_that_was_deleted_or_cut_off_is_restored(path):
    """A full disk cuts off the line of an event that was not acknowledged."""
    journal = ClassJournal(path)
    ana = journal.add_writer("Ana")
    journal.add_drawing(ana, 0, 0, image(), "0")
    path.unlink()
    journal.add_drawing(ana, 1, 1, image(), "1")
    with path.open("ab") as file:
        file.write(b'{"event": "draw')
    journal.add_drawing(ana, 2, 2, image(), "2")
    journal.close()
    again = ClassJournal(path)
    assert again.record.names == {ana: "Ana"} and again.key_of(ana) == journal.key_of(ana)
    assert [drawing.label for drawing in again.drawings()] == [0, 1, 2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_drawing_of_an_unknown_pupil_is_an_error(path):
    journal = ClassJournal(path)
    journal.add_drawing(journal.add_writer(""), 0, 0, image(), "0")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(DataError, match="line 2"):
        read_class(path)


def test_drawings_without_a_number_are_counted(path):
    journal = ClassJournal(path)
    ana = journal.add_writer("Ana")
    for position in range(2):
        journal.add_drawing(ana, position, position, image(), "")
    journal.close()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"id": 1, ', "").replace('"id": 2, ', ""), encoding="utf-8")
    assert [drawing.id for drawing in read_class(path).drawings] == [1, 2]


def test_numbers_of_drawings_stay_the_same(path):
    """The board that is open during a restart removes drawings by these numbers."""
    journal = ClassJournal(path)
    ana = journal.add_writer("Ana")
    first = journal.add_drawing(ana, 0, 0, image(), "0")
    kept = journal.add_drawing(ana, 1, 1, image(), "1")
    last = journal.add_drawing(ana, 2, 2, image(), "2")
    journal.remove_drawing(first.id)
    journal.remove_drawing(last.id)
    journal.close()
    again = ClassJournal(path)
    assert [drawing.id for drawing in again.drawings()] == [kept.id]
    assert again.add_drawing(ana, 3, 3, image(), "3").id == last.id + 1
