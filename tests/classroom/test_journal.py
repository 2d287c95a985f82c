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
    size = path.stat().st_size
    assert [drawing.label for drawing in ClassJournal(path).drawings()] == [1]
    assert path.stat().st_size < size - 784
    with pytest.raises(NotStoredError):
        journal.remove_drawing(99)


def test_a_line_that_was_cut_off_is_ignored(path):
    journal = ClassJournal(path)
    writer = journal.add_writer("Ana")
    journal.add_drawing(writer, 0, 0, image(), "0")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert read_class(path).drawings == []
    reopened = ClassJournal(path)
    reopened.add_drawing(writer, 0, 0, image(), "0")
    assert len(read_class(path).drawings) == 1


@pytest.mark.parametrize(
    "content", [b"{}\n", b"[1]\n", b"no\n", b'{"event": "drawing"}\n', b'{"event": "x"}\n']
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
