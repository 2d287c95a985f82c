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

from trainable import make_trainable

from numerals.training.training_folder import TrainingFolder

SCRIPT = Path(__file__).parent / "browser" / "training_server.py"


def start(url, log):
    port, _ = serve_command()
    with log.open("w") as stream:
        command = [sys.executable, str(SCRIPT), str(port), url, "minutes"]
        process = subprocess.Popen(command, stdout=stream, stderr=stream)
    address = f"http://127.0.0.1:{port}"
    wait_until_up(address, process, log)
    return process, httpx.Client(base_url=address, timeout=120)


def wait_until(is_reached, seconds=240):
    deadline = time.monotonic() + seconds
    while not is_reached():
        assert time.monotonic() < deadline
        time.sleep(0.3)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_training_is_continued_after_the_service_ended(end, tmp_path, monkeypatch, draw):
    monkeypatch.setenv("NUMERALS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path / "data"))
    url = f"sqlite:///{tmp_path / 'home' / 'store.db'}"
    make_trainable(tmp_path, url, draw)
    folder = TrainingFolder(tmp_path / "home" / "training")
    process, client = start(url, tmp_path / "log.txt")
    try:
        with client:
            assert client.post("/v1/training").status_code == 202
            wait_until(lambda: folder.read_progress().epochs_done >= 2)
    finally:
        process.send_signal(end)
        process.wait(60)
    wait_until(lambda: not folder.is_locked(), 20)
    done = folder.read_progress().epochs_done
    process, client = start(url, tmp_path / "again.txt")
    try:
        with client:
            training = client.get("/v1/training").json()["training"]
            assert (training["state"], training["epochs_done"]) == ("stopped", done)
            client.post("/v1/training/continue")
            wait_until(lambda: folder.read_progress().epochs_done > done)
            assert folder.read_progress().epochs_done <= done + 2
            assert client.post("/v1/training/cancel").is_success
    finally:
        process.terminate()
        process.wait(60)
