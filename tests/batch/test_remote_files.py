"""Files on a real S3 server and a real web server."""

import functools
import http.server
import sys
import threading
import zipfile

import pytest
from PIL import Image

from numerals.batch import remote_files
from numerals.batch.inputs import list_units
from numerals.batch.read_units import read_unit
from numerals.batch.units import Unit, WorkOptions
from numerals.errors import MissingExtraError
from numerals.reading import ReadOptions

pytest.importorskip("fsspec", reason="needs numerals[batch]")
FIELD = WorkOptions(ReadOptions(layout="field"))


@pytest.fixture
def scans(draw, tmp_path):
    folder = tmp_path / "scans"
    (folder / "sub").mkdir(parents=True)
    for name in ("2.png", "10.png", "sub/345.png"):
        Image.fromarray(draw(name.split("/")[-1][:-4])).save(folder / name)
    (folder / "notes.txt").write_text("no picture")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.write(folder / "2.png", "in/2.png")
    return folder


@pytest.fixture
def web(scans):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=scans)
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def bucket(scans, monkeypatch):
    boto3 = pytest.importorskip("boto3")
    s3fs = pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", endpoint),
    ):
        monkeypatch.setenv(name, value)
    remote_files._file_system.cache_clear()
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket="bucket")
    for path in scans.rglob("*.*"):
        client.upload_file(str(path), "bucket", f"scans/{path.relative_to(scans).as_posix()}")
    yield "s3://bucket/scans"
    server.stop()
    remote_files._file_system.cache_clear()


def listed(*arguments):
    errors = []
    units = list(list_units(arguments, lambda error: errors.append(str(error))))
    return [unit.name for unit in units], errors


def texts(*arguments):
    units = list_units(arguments, pytest.fail)
    return [read_unit(unit, FIELD).file.texts for unit in units]


def test_folders_patterns_and_archives_on_s3(bucket):
    names = ["2.png", "10.png", "sub/345.png"]
    assert listed(bucket) == ([f"{bucket}/{name}" for name in names], [])
    assert listed(f"{bucket}/") == listed(bucket)
    assert listed(f"{bucket}/1*.png") == ([f"{bucket}/10.png"], [])
    assert texts(f"{bucket}/sub", f"{bucket}/a.zip") == [("345",), ("2",)]


def test_missing_objects_are_reported(bucket):
    [error] = listed(f"{bucket}/gone/")[1]
    assert error.startswith(f"{bucket}/gone/: ")
    [error] = listed("s3://other/")[1]
    assert error.startswith("s3://other/: ")
    [row] = read_unit(Unit("x", f"{bucket}/gone.png"), FIELD).rows()
    assert "gone.png: no such file" in row.error


def test_files_on_a_web_server(web):
    assert texts(f"{web}/10.png") == [("10",)]
    [row] = read_unit(Unit("x", f"{web}/gone.png"), FIELD).rows()
    assert f"{web}/gone.png" in row.error


@pytest.mark.parametrize(
    ("url", "library", "advice"),
    [
        ("s3://b/a.png", "fsspec", r"pip install 'numerals\[batch\]'"),
        ("https://h/a.png", "aiohttp", r"pip install 'numerals\[batch\]'"),
        ("s3://b/a.png", "s3fs", "pip install s3fs"),
        ("gs://b/a.png", "gcsfs", "pip install gcsfs"),
        ("az://b/a.png", "adlfs", "pip install adlfs"),
    ],
)
def test_missing_packages_are_named(monkeypatch, url, library, advice):
    remote_files._file_system.cache_clear()
    for name in [name for name in sys.modules if name.startswith("fsspec.implementations.http")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    if library != "fsspec":
        for protocol in ("s3", "https", "gs", "az"):
            monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, protocol, raising=False)
    with pytest.raises(MissingExtraError, match=advice):
        list(list_units([url], pytest.fail))
