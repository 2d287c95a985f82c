"""Files that are added to a batch: once each, on disk, with safe names, within limits."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from batch_requests import list_items, make_batch, upload
from served import call_raw, encoded, failure_of

from numerals.store.batch_files import BatchFiles
from numerals.web.batches.batch_runner import BatchRunner


@pytest.fixture(scope="module", autouse=True)
def do_not_read(module_patch):
    module_patch.setattr(BatchRunner, "start", lambda _: None)
    module_patch.setattr(BatchRunner, "stop", lambda *_: True)


@pytest.fixture
def batch(client):
    return make_batch(client, name="uploads")


def names_of(client, batch) -> list[str]:
    return [item["name"] for item in list_items(client, batch)]


def test_the_same_file_twice_is_one_item(client, batch):
    first = upload(client, batch, "box/417.png")
    again = upload(client, batch, "box/417.png", "box/23.png")
    assert [item["added"] for item in again["items"]] == [False, True]
    assert again["items"][0]["id"] == first["items"][0]["id"]
    assert again["batch"]["files"] == 2
    twice = [("files", ("a.png", encoded("4")))] * 2
    answer = client.post(f"/v1/batches/{batch}/items", files=twice).json()
    assert [item["added"] for item in answer["items"]] == [True, False]


def test_two_browsers_upload_at_once(client, batch):
    """Each file is stored once, whoever sent it."""
    names = [f"{number}.png" for number in range(12)]
    contents = {name: encoded(name[:-4]) for name in names}
    barrier = threading.Barrier(2)

    def send(order) -> int:
        barrier.wait(60)
        added = 0
        for name in order:
            files = {"files": (name, contents[name])}
            answer = client.post(f"/v1/batches/{batch}/items", files=files)
            assert answer.status_code == 201, answer.text
            added += answer.json()["items"][0]["added"]
        return added

    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(send, (names, names[::-1])))
    assert sum(counts) == len(names)
    assert names_of(client, batch) == names  # 2.png before 10.png


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("../../../etc/cron.d/a.png", "etc/cron.d/a.png"),
        ("scans\\a.png", "scans/a.png"),
        ("C:\\scans\\a.png", "a.png"),
        ("/a.png", "a.png"),
        ("a\x00b\x1b[31m.png", "ab[31m.png"),
        ("שלום/é.png", "שלום/é.png"),
        ("x" * 500 + ".png", "x" * 296 + ".png"),
        ("..", "picture"),
    ],
)
def test_names_are_relative_and_printable(client, batch, sent, stored):
    body, content_type = form_of(sent.encode(), encoded("4"))
    headers = [(b"content-type", content_type)]
    status, _, text = call_raw(client, "POST", f"/v1/batches/{batch}/items", headers, body)
    assert status == 201, text
    assert names_of(client, batch) == [stored]


def form_of(name: bytes, content: bytes) -> tuple[bytes, bytes]:
    quoted = name.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    head = (
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="' + quoted + b'"\r\n\r\n'
    )
    return head + content + b"\r\n--b--\r\n", b"multipart/form-data; boundary=b"


def test_other_files_are_skipped_and_damaged_pictures_are_not(client, batch):
    contents = {
        "Thumbs.db": b"x",
        ".DS_Store": b"x",
        "__MACOSX/a.png": encoded("4"),
        "notes.txt": b"hello",
        "scan": encoded("4"),
        "broken.jpg": b"\xff\xd8\xff nothing",
        "empty.png": b"",
    }
    files = [("files", item) for item in contents.items()]
    answer = client.post(f"/v1/batches/{batch}/items", files=files).json()
    assert [item["name"] for item in answer["items"]] == ["scan", "broken.jpg", "empty.png"]
    reasons = {each["name"]: each["reason"] for each in answer["skipped"]}
    assert reasons.keys() == contents.keys() - {"scan", "broken.jpg", "empty.png"}
    assert reasons["notes.txt"] == "is not a picture or PDF"


def test_malformed_bodies_are_rejected(client, batch):
    path = f"/v1/batches/{batch}/items"
    failure_of(client.post(path, content=encoded("4")), 415)
    failure_of(client.post(path, json={"files": []}), 415)
    failure_of(client.post(path, files={"picture": ("a.png", encoded("4"))}), 422)
    failure_of(client.post(path, data={"files": "text"}, files={"x": b""}), 422)
    multipart = {"content-type": "multipart/form-data; boundary=b"}
    for content in (b"", b"--b", b"--b\r\n\r\n", b"--b\r\nx\r\n--b--", b"junk" * 1000):
        failure_of(client.post(path, content=content, headers=multipart), 400)
    many = [("files", (f"{i}.png", b"x")) for i in range(250)]
    failure_of(client.post(path, files=many), 413)
    assert names_of(client, batch) == []
    folder = client.app.state.numerals.batches.files.folder / "uploads"
    assert not list(folder.iterdir())


def test_large_bodies_are_rejected_and_nothing_stays(serve):
    client = serve(max_upload=20_000)
    batch = make_batch(client)
    path = f"/v1/batches/{batch}/items"
    big = {"files": ("a.png", b"x" * 30_000)}
    failure_of(client.post(path, files=big), 413)
    body, content_type = form_of(b"a.png", b"x" * 30_000)
    chunks = (body[i : i + 1000] for i in range(0, len(body), 1000))  # no Content-Length
    answer = client.post(path, content=chunks, headers={"content-type": content_type.decode()})
    failure_of(answer, 413)
    folder = client.app.state.numerals.batches.files.folder
    assert [path.name for path in folder.rglob("*")] == ["uploads"]


def test_bodies_are_not_held_in_memory(client, batch):
    """A body of 40 MiB arrives in pieces; the receiver buffers about one."""
    import tracemalloc

    from numerals.images.limits import MIB

    piece = encoded("4").ljust(MIB, b"\0")
    head, _, tail = form_of(b"a.png", b"CONTENT")[0].partition(b"CONTENT")
    pieces = iter([head, *[piece] * 40, tail])

    async def receive():
        body = next(pieces)
        return {"type": "http.request", "body": body, "more_body": body is not tail}

    headers = [(b"content-type", b"multipart/form-data; boundary=b")]
    tracemalloc.start()
    try:
        path = f"/v1/batches/{batch}/items"
        status, _, text = call_raw(client, "POST", path, headers, receive=receive)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert status == 201, text
    assert peak < 16 * MIB


def test_a_full_disk_is_reported(client, batch, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(BatchFiles, "_place", fail)
    files = {"files": ("a.png", io.BytesIO(encoded("4")))}
    answer = client.post(f"/v1/batches/{batch}/items", files=files)
    assert "No space left" in failure_of(answer, 503)
    assert names_of(client, batch) == []


def test_an_upload_into_a_deleted_batch_leaves_nothing(client, batch):
    """The batch is deleted while the body arrives."""
    service = client.app.state.numerals.batches
    body, content_type = form_of(b"a.png", encoded("4"))
    is_first = True

    async def receive():
        nonlocal is_first
        if is_first:
            is_first = False
            service.files.delete_batch(int(batch))
            return {"type": "http.request", "body": body[:100], "more_body": True}
        return {"type": "http.request", "body": body[100:], "more_body": False}

    headers = [(b"content-type", content_type)]
    path = f"/v1/batches/{batch}/items"
    assert call_raw(client, "POST", path, headers, receive=receive)[0] == 404
    assert not (service.files.folder / batch).exists()
