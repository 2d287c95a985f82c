"""Pictures in an S3 server are read into a run on the same server."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="needs numerals[batch]")
s3fs = pytest.importorskip("s3fs")
pytest.importorskip("moto.server", reason="needs moto[server]")

from run_tools import read_digits, start_run, texts, write_digits

from numerals.batch import remote_files
from numerals.batch.runs import open_run
from numerals.errors import RunError

N = 40


@pytest.fixture(scope="module")
def server():
    """Start an S3 server with a bucket; return a file system of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        # File systems are kept, whatever the environment says: another test may have had a server.
        remote_files._file_system.cache_clear()
        s3fs.S3FileSystem.clear_instance_cache()
        files = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)
        _make_bucket(files, process)
        yield files
    remote_files._file_system.cache_clear()
    process.kill()
    process.wait()


def _make_bucket(files, process):
    end = time.monotonic() + 60
    while True:
        try:
            return files.mkdir("scans")
        except Exception:  # not listening yet
            if time.monotonic() > end or process.poll() is not None:
                raise
            time.sleep(0.2)


def test_a_run_from_a_bucket_into_a_bucket(server, tmp_path):
    units = write_digits(tmp_path / "pictures", N)
    for unit in units:
        server.put_file(unit.location, f"scans/in/{Path(unit.location).name}")
    expected = [text for _, text in texts(read_digits(tmp_path / "plain", units).run)]
    process = start_run("s3://scans/in/", "s3://scans/out", "--jobs", 2)
    message = process.communicate(timeout=90)[1]
    assert process.returncode == 0, message
    assert f"{N} files" in message
    run = open_run("s3://scans/out")
    assert run.is_complete and [text for _, text in texts(run)] == expected
    assert texts(run)[0][0] == "s3://scans/in/00000.png"
    assert json.loads(server.cat_file("scans/out/manifest.json"))["inputs"] == ["s3://scans/in/"]
    first, *_ = sorted(server.ls("scans/out/numbers"))
    server.rm_file(first)
    process = start_run("s3://scans/in/", "s3://scans/out", "--jobs", 2)
    assert "10 files read now" in process.communicate(timeout=90)[1]
    assert [text for _, text in texts(open_run("s3://scans/out"))] == expected


def test_a_bucket_that_does_not_exist_is_reported(server, tmp_path):
    units = write_digits(tmp_path / "pictures", 1)
    with pytest.raises(RunError, match="s3://elsewhere/out: cannot be written"):
        read_digits("s3://elsewhere/out", units)
    with pytest.raises(RunError, match="expected a path, or a URL"):
        read_digits("ftp://host/out", units)
