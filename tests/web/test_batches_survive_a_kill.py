"""A killed service reads its batches to the end after a restart: nothing is lost or doubled."""

import signal
import time

import httpx
import pytest
from batch_requests import list_items, make_batch, upload
from served import server_process

N_FILES = 60
ENOUGH = 8  # files that are read before the service is killed


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    yield request.getfixturevalue("postgres_url")


def wait_for(client, batch: str, enough) -> dict:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        found = client.get(f"/v1/batches/{batch}").json()
        if enough(found):
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def test_a_batch_survives_kills(store_url, tmp_path):
    names = [f"{number}.png" for number in range(1000, 1000 + N_FILES)]
    options = ("--store", store_url, "--workers", "2")
    with server_process(*options, home=tmp_path) as (process, address):
        with httpx.Client(base_url=address, timeout=120) as client:
            batch = make_batch(client, name="kill")
            for start in range(0, N_FILES, 20):
                upload(client, batch, *names[start : start + 20])
            wait_for(client, batch, lambda found: found["done"] >= ENOUGH)
        process.send_signal(signal.SIGKILL)
        assert process.wait(60) == -signal.SIGKILL
    with server_process(*options, home=tmp_path) as (process, address):
        with httpx.Client(base_url=address, timeout=120) as client:
            before = client.get(f"/v1/batches/{batch}").json()
            assert before["files"] == N_FILES and before["done"] >= ENOUGH
            wait_for(client, batch, lambda found: found["done"] >= before["done"] + ENOUGH)
        process.send_signal(signal.SIGTERM)  # once more, gently
        process.wait(60)
    with (
        server_process(*options, home=tmp_path) as (process, address),
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        found = wait_for(client, batch, lambda found: found["state"] == "done")
        assert (found["files"], found["done"], found["failed"]) == (N_FILES, N_FILES, 0)
        items = list_items(client, batch, limit=500)
        assert [item["name"] for item in items] == names
        readings = [item["reading_id"] for item in items]
        assert len(set(readings)) == N_FILES
        n_lines = sum(len(item["rows"]) for item in items)
        assert found["lines"] == n_lines == client.get("/v1/review").json()["waiting"]
        n_right = sum([row["text"] for row in i["rows"]] == [i["name"][:-4]] for i in items)
        assert n_right > 0.9 * N_FILES
        assert client.get(items[0]["rows"][0]["crop"]).is_success
