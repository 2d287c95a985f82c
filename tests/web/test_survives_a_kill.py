"""Changes that a server acknowledged survive when its process is killed."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from served import encoded, server_process

ENOUGH = 8  # acknowledged readings and answers before it is killed


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    yield request.getfixturevalue("postgres_url")


def test_acknowledged_changes_survive_a_kill(store_url, tmp_path):
    picture = encoded("417")
    lines, answers, lock = [], {}, threading.Lock()
    enough, over = threading.Event(), threading.Event()

    def work(number: int) -> None:
        with httpx.Client(base_url=address, timeout=120) as client:
            for turn in range(10_000):
                if over.is_set():
                    return
                try:
                    read = client.post("/v1/read", content=picture)
                    if read.status_code != 200:
                        continue
                    line = read.json()["pages"][0]["lines"][0]["line_id"]
                    with lock:
                        lines.append(line)
                    if turn % 2:  # half of the lines stay in the queue
                        continue
                    text = f"{number}{turn}"
                    if client.post(f"/v1/review/{line}", json={"text": text}).status_code == 200:
                        with lock:
                            answers[line] = text
                            if len(answers) >= ENOUGH:
                                enough.set()
                except httpx.TransportError:
                    return

    options = ("--store", store_url, "--workers", "2", "--queue", "64")
    with server_process(*options, home=tmp_path) as (process, address):
        with ThreadPoolExecutor(4) as pool:
            for number in range(1, 5):
                pool.submit(work, number)
            assert enough.wait(300)
            process.send_signal(signal.SIGKILL)  # all four are waiting for an answer
            over.set()
        assert process.wait(60) == -signal.SIGKILL

    with (
        server_process(*options, home=tmp_path) as (_, address),
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        waiting = {item["id"] for item in client.get("/v1/review?limit=500").json()["items"]}
        assert set(lines) - set(answers) <= waiting
        for line, text in answers.items():
            changes = client.get(f"/v1/review/{line}/history").json()["changes"]
            assert [change["to"] for change in changes] == [text]
            assert client.get(f"/v1/review/{line}/crop").is_success
        assert set(answers).isdisjoint(waiting)
        # The queue still works.
        line = sorted(waiting)[0]
        assert client.post(f"/v1/review/{line}", json={"text": "1"}).is_success
        assert client.get("/v1/review").json()["waiting"] == len(waiting) - 1
        again = client.post("/v1/read", content=picture).json()["pages"][0]["lines"][0]["line_id"]
        assert again not in {*lines, *waiting}  # no number is given out twice
