import gzip
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from numerals.data.download import content_sha256, download
from numerals.errors import DataNotFoundError

CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT; the path selects a fault."""

    requests: list = []  # noqa: RUF012

    def do_GET(self):
        requested = self.headers.get("Range")
        self.requests.append((self.path, requested))
        if self.path == "/missing" or (self.path == "/busy" and len(self.requests) < 3):
            self.send_error(404 if self.path == "/missing" else 503)
            return
        start = int(requested.removeprefix("bytes=").rstrip("-")) if requested else 0
        if self.path == "/ignores-range":
            start = 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        breaks = self.path == "/breaks" and len(self.requests) < 3
        self.wfile.write(CONTENT[start : start + 100_000] if breaks else CONTENT[start:])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr("numerals.data.download._RETRY_DELAY", 0)
    monkeypatch.setattr(Handler, "requests", [])
    monkeypatch.setenv("NO_PROXY", "*")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_download(server, tmp_path):
    download(f"{server}/file", tmp_path / "a" / "file", sha256=SHA256)
    assert (tmp_path / "a" / "file").read_bytes() == CONTENT
    assert [item.name for item in (tmp_path / "a").iterdir()] == ["file"]


def test_download_resumes_an_earlier_run(server, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT[:120_000])
    download(f"{server}/file", tmp_path / "file", sha256=SHA256)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert Handler.requests == [("/file", "bytes=120000-")]


def test_download_resumes_within_a_run(server, tmp_path):
    download(f"{server}/breaks", tmp_path / "file", sha256=SHA256)
    assert (tmp_path / "file").read_bytes() == CONTENT
    (_, first), (_, second), (_, third) = Handler.requests
    assert first is None
    assert 0 < int(second[6:-1]) < int(third[6:-1])


@pytest.mark.parametrize("have", [CONTENT, CONTENT + b"more", b"other" * 10])
@pytest.mark.parametrize("path", ["/file", "/ignores-range"])
def test_complete_or_wrong_part_file(server, tmp_path, have, path):
    (tmp_path / "file.part").write_bytes(have)
    download(f"{server}{path}", tmp_path / "file", sha256=SHA256)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_download_without_checksum_restarts(server, tmp_path):
    (tmp_path / "file.part").write_bytes(b"other")
    download(f"{server}/file", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert Handler.requests == [("/file", None)]


def test_busy_server_is_retried(server, tmp_path):
    download(f"{server}/busy", tmp_path / "file", sha256=SHA256)
    assert len(Handler.requests) == 3


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("/missing", {}, "answers 404"),
        ("/file", {"sha256": "0" * 64}, f"got SHA-256 {SHA256}, expected 0000"),
        ("/file", {"max_bytes": 1000}, "300,000 bytes, expected at most 1,000"),
    ],
)
def test_download_error_messages(server, tmp_path, path, options, message):
    with pytest.raises(DataNotFoundError, match=message):
        download(server + path, tmp_path / "file", **options)
    assert list(tmp_path.iterdir()) == []


def test_no_connection(server, tmp_path):
    with pytest.raises(DataNotFoundError, match="no connection"):
        download("http://127.0.0.1:9/file", tmp_path / "file")


def test_progress_bar_is_written_to_stderr(server, tmp_path, capsys):
    download(f"{server}/file", tmp_path / "file", progress=True)
    captured = capsys.readouterr()
    assert captured.out == ""
    download(f"{server}/file", tmp_path / "file")
    assert capsys.readouterr() == ("", "")


def test_checksum_is_that_of_the_content(tmp_path):
    (tmp_path / "plain").write_bytes(CONTENT)
    (tmp_path / "packed").write_bytes(gzip.compress(CONTENT))
    assert content_sha256(tmp_path / "plain") == content_sha256(tmp_path / "packed") == SHA256
