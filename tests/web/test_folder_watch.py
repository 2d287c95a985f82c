"""A watched folder is a batch: files are added when they are complete, once each."""

import os
import time

import pytest
from batch_requests import texts_of, wait_until_read
from served import encoded

from numerals.store import open_store
from numerals.store.batch_files import BatchFiles
from numerals.store.batch_listing import ListQuery, list_items
from numerals.store.batches import Batches
from numerals.web.batches import folder_watch
from numerals.web.batches.folder_watch import FolderWatch
from numerals.web.batches.worker_process import WorkerProcess


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    return folder


@pytest.fixture
def store(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield store
    store.close()


@pytest.fixture
def watch(store, scans):
    return FolderWatch(scans, Batches(store), BatchFiles(store), lambda: None)


def names_of(store) -> list[str]:
    batches = Batches(store).list_all()
    if not batches:
        return []
    [batch] = batches
    return [entry.item.name for entry in list_items(store, batch.id, ListQuery())[1]]


def test_files_are_added_when_they_are_complete(watch, store, scans):
    (scans / "box").mkdir()
    (scans / "box" / "a.png").write_bytes(encoded("4"))
    (scans / "notes.txt").write_text("hello")
    (scans / ".hidden.png").write_bytes(encoded("4"))
    assert watch.poll() == 0  # it may be growing
    with (scans / "growing.png").open("wb") as stream:
        stream.write(encoded("7")[:50])
        stream.flush()
        assert watch.poll() == 1
        stream.write(encoded("7")[50:])
    assert names_of(store) == ["box/a.png"]
    assert watch.poll() == 0
    assert watch.poll() == 1
    assert watch.poll() == 0
    assert names_of(store) == ["box/a.png", "growing.png"]
    [batch] = Batches(store).list_all()
    assert (batch.name, batch.watch) == ("scans", str(scans))


def test_a_new_watch_adds_nothing_twice(watch, store, scans):
    (scans / "a.png").write_bytes(encoded("4"))
    watch.poll()
    assert watch.poll() == 1
    again = FolderWatch(scans, Batches(store), BatchFiles(store), lambda: None)
    again.poll()
    assert again.poll() == 0
    (scans / "a.png").write_bytes(encoded("7"))  # another picture with this name
    again.poll()
    assert again.poll() == 1
    assert names_of(store) == ["a.png", "a.png"]


def test_a_deleted_batch_does_not_come_back(watch, store, scans):
    (scans / "a.png").write_bytes(encoded("4"))
    watch.poll()
    watch.poll()
    [batch] = Batches(store).list_all()
    BatchFiles(store).delete_batch(batch.id)
    watch.poll()
    assert names_of(store) == []
    (scans / "b.png").write_bytes(encoded("7"))
    watch.poll()
    watch.poll()
    assert names_of(store) == ["b.png"]


def test_unreadable_files_do_not_stop_the_others(watch, store, scans):
    (scans / "a.png").write_bytes(encoded("4"))
    (scans / "dangling.png").symlink_to(scans / "nothing")
    os.mkfifo(scans / "pipe.png")
    watch.poll()
    (scans / "a.png").rename(scans / "z.png")
    watch.poll()
    watch.poll()
    assert names_of(store) == ["z.png"]


def test_the_service_reads_a_watched_folder(serve, scans, monkeypatch):
    monkeypatch.setattr(folder_watch, "POLL_INTERVAL", 0.05)
    monkeypatch.setattr(WorkerProcess, "run", lambda _, function, argument, __: function(argument))
    client = serve(watch=(str(scans),))
    (scans / "417.png").write_bytes(encoded("417"))
    deadline = time.monotonic() + 60
    while not (batches := client.get("/v1/batches").json()["batches"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    wait_until_read(client, batches[0]["id"])
    assert texts_of(client, batches[0]["id"]) == {"417.png": ["417"]}
