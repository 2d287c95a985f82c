"""Batches in the store: created once, counted, read by one worker, deleted with all they have."""

import hashlib
import stat

import pytest

from numerals.errors import BatchStateError, KeyReusedError, NotStoredError
from numerals.records import Page
from numerals.store import KeyedRequest, make_page_entry
from numerals.store.batch_files import BatchFiles, batch_folder
from numerals.store.batch_items import BatchItems, NewItem, sort_key
from numerals.store.batch_listing import ListQuery, list_items
from numerals.store.batches import Batches
from numerals.store.page_entries import PageEntry
from numerals.store.stored_readings import Selection, delete_readings, list_readings
from numerals.store.urls import parse_url
from stored_pages import line_of, page_of, pixels_of


@pytest.fixture
def batches(store):
    return Batches(store)


@pytest.fixture
def items(store):
    return BatchItems(store)


@pytest.fixture
def files(store, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_HOME", str(tmp_path))  # PostgreSQL has no folder of its own
    return BatchFiles(store)


@pytest.fixture
def add(files):
    def add(batch_id: int, name: str, content: bytes | None = None):
        content = name.encode() if content is None else content
        new = NewItem(name, hashlib.sha256(content).hexdigest(), len(content))
        with files.receive() as folder:
            path = folder / "0"
            path.write_bytes(content)
            [(item, is_new)] = files.add(batch_id, [(new, path)])
        return item, is_new

    return add


def read_one(items, *confidences: float, text: str = "17"):
    """Claim an item and store a page with one line for each confidence."""
    item, _ = items.claim()
    lines = [line_of(text, c, 20 + 50 * i) for i, c in enumerate(confidences)]
    entry = make_page_entry(page_of(*lines), pixels_of())
    return items.store_pages(item, [entry], 1, "latin-line")


def test_the_same_key_or_folder_names_one_batch(batches):
    request = KeyedRequest("k_", "0" * 64)
    first = batches.create("a", {"dpi": 200}, ["form"], request=request)
    assert batches.create("a", {}, request=request) == first
    with pytest.raises(KeyReusedError):
        batches.create("b", {}, request=KeyedRequest("k_", "1" * 64))
    batches.create("c", {}, request=KeyedRequest("kk", "1" * 64))
    watched = batches.create("c", {}, watch="/scans")
    assert batches.create("c", {}, watch="/scans") == watched != first
    batch = batches.get(first)
    assert (batch.name, batch.options, batch.templates) == ("a", {"dpi": 200}, ("form",))
    assert [each.id for each in batches.list_all()] == [watched, first + 1, first]
    for unknown in (99, 0, 2**40):
        with pytest.raises(NotStoredError):
            batches.get(unknown)


def test_a_file_is_added_once_and_stored_privately(batches, files, add):
    batch_id = batches.create("a", {})
    item, is_new = add(batch_id, "box/a.png", b"one")
    again, is_new_again = add(batch_id, "box/a.png", b"one")
    assert (is_new, is_new_again, again.id) == (True, False, item.id)
    assert add(batch_id, "box/a.png", b"two")[1]  # another picture with this name
    assert add(batch_id, "b.png", b"one")[1]  # a copy with another name
    path = files.path(item)
    assert path.read_bytes() == b"one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert batches.counts([batch_id])[batch_id].n_bytes == 9
    files.delete_item(batch_id, item.id)
    assert path.exists()  # b.png has the same content
    assert not list((files.folder / "uploads").iterdir())


def test_batches_take_turns_and_pauses_are_respected(batches, items, add):
    first, second = batches.create("a", {}), batches.create("b", {})
    for batch_id in (first, second):
        for name in ("1.png", "2.png"):
            add(batch_id, name)
    claimed = []
    for _ in range(4):
        item, batch = items.claim(claimed[-1][0] if claimed else 0)
        claimed.append((batch.id, item.name))
    assert claimed == [(first, "1.png"), (second, "1.png"), (first, "2.png"), (second, "2.png")]
    assert items.claim() is None
    assert items.release_all() == 4
    batches.set_paused(first, True)
    assert {items.claim()[1].id, items.claim()[1].id} == {second}
    assert items.claim() is None


def test_counts_follow_readings_and_answers(store, batches, items, queue, add):
    batch_id = batches.create("a", {})
    for name in ("1.png", "2.png", "3.png"):
        add(batch_id, name)
    done = read_one(items, 0.5, 0.99)
    item, _ = items.claim()
    assert items.fail(item, "is damaged")
    before = batches.versions()[batch_id]
    counts = batches.counts([batch_id])[batch_id]
    assert (counts.waiting, counts.reading, counts.done, counts.failed) == (1, 0, 1, 1)
    assert (counts.n_lines, counts.n_to_review, counts.n_corrected) == (2, 1, 0)
    _, [entry] = list_items(store, batch_id, ListQuery(filter="uncertain"))
    queue.answer(entry.lines[0].id, "19", "ann")
    counts = batches.counts([batch_id])[batch_id]
    assert (counts.n_to_review, counts.n_corrected) == (0, 1)
    assert batches.versions()[batch_id] > before
    assert done.state == "done"


def test_pages_are_stored_as_they_are_read(batches, items, add):
    batch_id = batches.create("a", {})
    add(batch_id, "a.pdf")
    item, _ = items.claim()
    pages = [make_page_entry(page_of(line_of("17"), number=n), pixels_of()) for n in (1, 2)]
    half = items.store_pages(item, pages, 3, "m")
    assert (half.state, half.n_read, half.n_pages) == ("reading", 2, 3)
    items.release(half)  # the service was stopped
    item, _ = items.claim()
    assert item.n_read == 2
    broken = PageEntry(Page((), 0, 0, "a.pdf", 3), (), error="is damaged")
    whole = items.store_pages(item, [broken], 3, "m")
    assert (whole.state, whole.error) == ("failed", "page 3: is damaged")
    assert batches.counts([batch_id])[batch_id].n_lines == 2


def test_results_of_deleted_items_are_dropped(store, batches, items, files, add):
    batch_id = batches.create("a", {})
    add(batch_id, "a.png")
    item, _ = items.claim()
    files.delete_item(batch_id, item.id)
    entry = make_page_entry(page_of(line_of("17")), pixels_of())
    assert items.store_pages(item, [entry], 1, "m") is None
    assert not items.fail(item, "too late")
    add(batch_id, "b.png")
    item, _ = items.claim()
    files.delete_batch(batch_id)
    assert items.store_pages(item, [entry], 1, "m") is None
    assert list_readings(store) == []


def test_deleting_a_batch_deletes_everything(store, batches, items, files, queue, add):
    kept, deleted = batches.create("kept", {}), batches.create("deleted", {})
    for batch_id in (kept, deleted):
        add(batch_id, "a.png")
    read_one(items, 0.5)
    read_one(items, 0.5)
    assert queue.list_waiting(batch_id=kept)[0] == queue.list_waiting(batch_id=deleted)[0] == 1
    files.delete_batch(deleted)
    assert not (files.folder / str(deleted)).exists()
    assert [batch.id for batch in batches.list_all()] == [kept]
    assert queue.list_waiting()[0] == 1
    assert len(list_readings(store)) == 1
    with pytest.raises(NotStoredError):
        batches.rename(deleted, "x")


def test_interrupted_work_is_cleaned_up(batches, items, files, add):
    batch_id, deleted = batches.create("a", {}), batches.create("b", {})
    item, _ = add(batch_id, "a.png")
    add(deleted, "b.png")
    batches.mark_deleted(deleted)  # then the service was killed
    (files.folder / str(batch_id) / ("0" * 64)).write_bytes(b"no item has this")
    (files.folder / "uploads" / "x").mkdir()
    (files.folder / "77").mkdir()
    files.clean()
    assert [path.name for path in files.folder.iterdir()] == [str(batch_id)]
    assert [path.name for path in (files.folder / str(batch_id)).iterdir()] == [item.sha256]
    assert batches.deleted_ids() == []


def test_pictures_are_deleted_and_numbers_stay(batches, items, files, queue, add):
    batch_id = batches.create("a", {})
    item, _ = add(batch_id, "a.png")
    with pytest.raises(BatchStateError, match="waiting or being read"):
        files.delete_pictures(batch_id)
    done = read_one(items, 0.5)
    files.write_thumbnail(done, b"jpeg")
    assert files.thumbnail_path(done).exists()
    files.delete_pictures(batch_id)
    assert list((files.folder / str(batch_id)).iterdir()) == []
    with pytest.raises(NotStoredError, match="not stored any more"):
        files.path(items.get(batch_id, item.id))
    assert queue.list_waiting()[0] == 0  # nobody can see them
    assert batches.counts([batch_id])[batch_id].n_lines == 1
    with pytest.raises(BatchStateError, match="pictures were deleted"):
        batches.read_again(batch_id, {}, [])


def test_names_sort_as_people_count():
    names = ["b/10.png", "b/9.png", "a/1.png", "B/11.png", "b/009.png"]
    assert sorted(names, key=sort_key) == [
        "a/1.png",
        "b/9.png",
        "b/009.png",
        "b/10.png",
        "B/11.png",
    ]


def test_deleting_readings_deletes_their_files(store, batches, items, files, add):
    batch_id = batches.create("a", {})
    for name in ("1.png", "2.png", "3.png"):
        add(batch_id, name)
    done = read_one(items, 0.5)
    read_one(items, 0.5)
    assert delete_readings(store, Selection(ids=[done.reading_id])) == 1
    counts = batches.counts([batch_id])[batch_id]
    assert (counts.done, counts.waiting) == (1, 1)
    assert not files.folder.joinpath(str(batch_id), done.sha256).exists()
    assert delete_readings(store, Selection()) == 1
    assert batches.list_all() == []
    assert not files.folder.joinpath(str(batch_id)).exists()


def test_old_files_are_pruned(batches, items, files, queue, add):
    batch_id = batches.create("a", {})
    add(batch_id, "1.png")
    add(batch_id, "2.png")
    done = read_one(items, 0.5)
    assert files.prune() == files.prune(1) == 0
    assert files.prune(-1) == 1  # read before tomorrow
    assert {path.name for path in files.folder.joinpath(str(batch_id)).iterdir()} == (
        items.contents(batch_id)
    )
    assert done.sha256 not in items.contents(batch_id)


@pytest.mark.parametrize(
    "urls",
    [
        ("sqlite:////data/a.db", "sqlite:////data/b.db"),
        ("sqlite:////data/store.db", "sqlite:////data/store.sqlite"),
        ("postgresql://ann@here/one", "postgresql://ann@here/two"),
        ("postgresql://ann@here/one", "postgresql://ann@there/one"),
    ],
)
def test_stores_have_different_folders(urls):
    first, second = (batch_folder(parse_url(url)) for url in urls)
    assert first != second


def test_the_folder_of_a_database_is_the_same_for_all_its_users():
    urls = ("postgresql://ann:secret@here/one", "postgresql+psycopg2://bob@here/one")
    assert len({batch_folder(parse_url(url)) for url in urls}) == 1
