"""Only the user may read a store, and no message contains its password."""

import os
import stat
from pathlib import Path

import pytest

from numerals.errors import NumeralsError
from numerals.store import default_url, display_url, make_page_entry, open_store, parse_url
from permissions import NEEDS_PERMISSIONS, mode_of
from stored_pages import line_of, page_of, pixels_of

pytestmark = NEEDS_PERMISSIONS


def modes(folder: Path) -> dict[str, int]:
    return {path.name: mode_of(path) for path in folder.rglob("*")}


def add_page(store):
    kept = make_page_entry(page_of(line_of("17")), pixels_of(), keep="pictures")
    store.add([kept], "a.png", "m")


def test_all_files_of_a_store_are_private(home):
    store = open_store(default_url())
    add_page(store)
    found = modes(home)
    assert {"store.db", "store.db-wal", "store.db-shm"} <= set(found)
    assert set(found.values()) == {0o600}
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    store.close()


def test_a_store_is_created_private(tmp_path, monkeypatch):
    seen = []
    make = os.open

    def watch(path, flags, mode=0o777, **other):
        handle = make(path, flags, mode, **other)
        if str(path).endswith("store.db"):
            seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        return handle

    monkeypatch.setattr(os, "open", watch)
    open_store(f"sqlite:///{tmp_path / 'store.db'}").close()
    assert seen == [0o600]


def test_the_permissions_of_an_existing_store_are_restricted(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    first = open_store(url)
    add_page(first)  # while it is open there are a WAL and its index
    for path in tmp_path.iterdir():
        path.chmod(0o666)
    open_store(url).close()
    assert set(modes(tmp_path).values()) == {0o600}
    first.close()


def test_the_folder_of_a_named_store_keeps_its_permissions(tmp_path):
    tmp_path.chmod(0o755)
    open_store(f"sqlite:///{tmp_path / 'store.db'}").close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:hunter2@host:port/name",
        "postgresql://ann:hunter2",
        "postgresql://ann:hun@ter2@@host:5x/name",
        "postgresql://ann:hun/ter2@host:x/name",
        "ann:hunter2@host",
        "mysql://ann:hunter2@host/name",
        "sqlite://ann:hunter2@host/file.db",
        "postgresql+nonsense://ann:hunter2@host/name",
        "postgresql://ann:hunter2@/x?host=/nowhere",
        "postgresql://ann@/x?host=/nowhere&password=hunter2",
        "postgresql://ann:hunter2@/x?host=/nowhere&nonsense=1",
        "postgresql://ann:hunter2@127.0.0.1:1/x",
        "postgresql://ann:hunter2@127.0.0.1:99999999/x",
        "sqlite:////dev/null/x?password=hunter2",
        "sqlite:///x.db?nonsense=hunter2",
    ],
)
def test_no_message_contains_a_password(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NumeralsError) as refused:
        open_store(url)
    error: BaseException | None = refused.value
    while error is not None and not error.__suppress_context__:
        assert "ter2" not in str(error).replace("nonsense=hunter2", "")
        error = error.__cause__ or error.__context__
    assert "ter2" not in str(refused.value).replace("nonsense=hunter2", "")


def test_a_displayed_url_masks_only_secrets():
    url = parse_url("postgres://ann:hunter2@host:5433/name?sslpassword=x&connect_timeout=3")
    shown = display_url(url)
    assert "hunter2" not in shown and "sslpassword=x" not in shown
    assert "host:5433/name" in shown and "connect_timeout=3" in shown
