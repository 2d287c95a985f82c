"""A training ends with its service, however that ends, and is continued after a restart."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from served import serve_command, wait_until_up

pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")

from starlette.testclient import TestClient
from trainable import MINUTES, make_trainable

from numerals.training.training_folder import TrainingFolder
from numerals.web import Settings, create_app

SCRIPT = Path(__file__).parent / "browser" / "training_server.py"


@pytest.fixture
def start(home, tmp_path):
    """Return a function that starts the service; it returns the process and a client."""
    processes = []

    def start():
        port, _ = serve_command()
        log = tmp_path / f"log-{port}.txt"
        with log.open("w") as stream:
            command = [sys.executable, str(SCRIPT), str(port), url_of(home), "minutes"]
            processes.append(subprocess.Popen(command, stdout=stream, stderr=stream))
        address = f"http://127.0.0.1:{port}"
        wait_until_up(address, processes[-1], log)
        return processes[-1], httpx.Client(base_url=address, timeout=120)

    yield start
    for process in processes:
        process.kill()
        process.wait(60)


def wait_until(is_reached, seconds=240):
    deadline = time.monotonic() + seconds
    while not is_reached():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def home(tmp_path, monkeypatch, draw):
    """Return the folder of a user with reviewed lines to train with."""
    home = tmp_path / "home"
    monkeypatch.setenv("NUMERALS_HOME", str(home))
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path / "data"))
    make_trainable(tmp_path, url_of(home), draw)
    return home


def url_of(home):
    return f"sqlite:///{home / 'store.db'}"


def test_training_is_continued_after_the_service_ended(home, start):
    folder = TrainingFolder(home / "training")
    process, client = start()
    with client:
        assert client.post("/v1/training").status_code == 202
        wait_until(lambda: folder.read_progress().epochs_done >= 2)
    end_service(process, signal.SIGKILL, folder)
    killed_at = check_is_stopped(home, folder)

    process, client = start()
    with client:
        training = client.post("/v1/training/continue").json()["training"]
        assert (training["state"], training["epochs_done"]) == ("running", killed_at)
        wait_until(lambda: folder.read_progress().epochs_done > killed_at)
        assert folder.read_progress().epochs_done <= killed_at + 2
    end_service(process, signal.SIGTERM, folder)
    assert check_is_stopped(home, folder) > killed_at


def end_service(process, end, folder):
    """End the service; wait until its training has ended, too."""
    process.send_signal(end)
    process.wait(60)
    wait_until(lambda: not folder.is_locked(), 20)


def check_is_stopped(home, folder) -> int:
    """Check the training as a new service shows it; return the number of its epochs."""
    done = folder.read_progress().epochs_done
    with TestClient(create_app(Settings(store=url_of(home), finetuning=MINUTES))) as client:
        training = client.get("/v1/training").json()["training"]
    assert (training["state"], training["epochs_done"]) == ("stopped", done)
    return done
