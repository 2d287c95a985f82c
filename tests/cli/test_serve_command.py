"""``numerals serve``: invalid options, and the start of the server."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

pytest.importorskip("fastapi", reason="needs numerals[web]")
pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from numerals.cli.serve import _listen

NUMERALS = [sys.executable, "-c", "from numerals.cli.app import main; main()", "serve"]


@pytest.fixture
def run(run_main, home, tmp_path, monkeypatch):
    """Return a function that returns the error output of a server that cannot start."""
    monkeypatch.delenv("NUMERALS_TOKEN", raising=False)

    def run(*arguments: str) -> str:
        result = run_main("serve", *arguments, cwd=tmp_path)
        assert result.returncode == 2, result.stderr
        assert "Traceback" not in result.stderr
        return " ".join(result.stderr.replace("│", " ").split())

    return run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--store", "sqlite:///a.db", "--no-store"), "one of --store and --no-store"),
        (("--keep", "everything"), "expected nothing, crops or pictures"),
        (("--token", " "), "--token is empty"),
        (("--port", "70000"), "--port"),
        (("--watch", "no/such/folder"), "is not a folder"),
        (("--watch", ".", "--no-store"), "--watch needs the store"),
        (("--port", "0", "--store", "mysql://a/b"), "SQLite or PostgreSQL"),
        (("--port", "0", "--store", "nothing"), "not the URL of a store"),
        (("--port", "0", "--host", "256.1.1.1"), "cannot listen on"),
    ],
)
def test_invalid_options_are_reported(run, arguments, message):
    assert message in run(*arguments)


def test_occupied_port_is_reported(run):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert "cannot listen on" in run("--port", port)


def test_connections_have_nodelay_set():
    with _listen("127.0.0.1", 0) as listener:
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_server_starts_on_a_free_local_port_and_stops_on_sigterm(tmp_path):
    process = subprocess.Popen(
        [*NUMERALS, "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"NUMERALS_HOME": str(tmp_path)},
    )
    try:
        line = process.stderr.readline()
        assert line.startswith("numerals: http://127.0.0.1:")
        address = line.split()[1]
        with urllib.request.urlopen(f"{address}/healthz", timeout=60) as answer:
            assert answer.read() == b'{"status":"ok"}'
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGTERM)
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.wait(60)
        process.stderr.close()
    assert (tmp_path / "store.db").is_file()
