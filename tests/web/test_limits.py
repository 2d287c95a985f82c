"""Limits on bodies, pixels, pages, time, and waiting requests."""

import asyncio
import io
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image
from served import digit_rows, encoded, failure_of
from starlette.exceptions import HTTPException

from numerals.reading import Reader
from numerals.web.error_responses import BusyError, WorkFailedError
from numerals.web.work_queue import WorkQueue

BODY = {"images": digit_rows("7")}


@pytest.fixture(scope="module")
def small(serve):
    return serve(max_body=20_000, max_pixels=100_000, max_pages=2, store=None)


def gif_of(width: int, height: int) -> bytes:
    stream = io.BytesIO()
    Image.new("L", (width, height), 255).save(stream, "GIF")
    return stream.getvalue()


def png_bomb(side: int) -> bytes:
    """Return a PNG of a few kB whose header claims `side` x `side` pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + crc

    header = side.to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(bytes(1_000_000))), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


@pytest.mark.parametrize("route", ["read", "digits", "explain", "explain/picture", "similar"])
def test_large_bodies_are_rejected_with_or_without_content_length(small, route):
    content = b"x" * 20_001
    failure_of(small.post(f"/v1/{route}", content=content), 413)
    chunks = (content[i : i + 1000] for i in range(0, len(content), 1000))  # no Content-Length
    failure_of(small.post(f"/v1/{route}", content=chunks), 413)
    failure_of(small.post(f"/v1/{route}", files={"picture": ("a.png", content)}), 413)


def test_large_json_bodies_are_rejected(small):
    body = {"text": "1" * 30_000}
    failure_of(small.post("/v1/corrections", json=body), 413)


@pytest.mark.parametrize("route", ["read", "digits", "explain"])
@pytest.mark.parametrize("content", [gif_of(400, 300), png_bomb(9_000)], ids=["gif", "bomb"])
def test_large_pictures_are_rejected(small, route, content):
    message = failure_of(small.post(f"/v1/{route}", content=content), 413)
    assert "more than the 100,000 allowed" in message


def test_long_documents_are_rejected(small):
    pages = [Image.new("1", (50, 50), 1) for _ in range(3)]
    stream = io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:])
    message = failure_of(small.post("/v1/read", content=stream.getvalue()), 413)
    assert "more than the 2 pages allowed" in message


def wait_for(client, counter: str) -> None:
    for _ in range(1000):
        if counter in client.get("/metrics").text:
            return
        time.sleep(0.05)
    raise AssertionError(f"{counter} did not appear")


@pytest.fixture
def blocked_reading(monkeypatch):
    """Block the reading of pictures until the test allows it."""
    allowed, started = threading.Event(), threading.Semaphore(0)
    read = Reader.read_picture

    def wait_and_read(self, picture):
        started.release()
        assert allowed.wait(60)
        return read(self, picture)

    monkeypatch.setattr(Reader, "read_picture", wait_and_read)
    yield allowed, started
    allowed.set()


def test_full_queue_responds_503_with_retry_after(serve, blocked_reading, picture):
    allowed, started = blocked_reading
    client = serve(n_threads=1, max_waiting=1, store=None)

    def post():
        return client.post("/v1/read", content=picture)

    with ThreadPoolExecutor(2) as pool:
        try:
            reading = pool.submit(post)
            assert started.acquire(timeout=60)
            waiting = pool.submit(post)
            wait_for(client, "numerals_queue_length 1.0")
            refused = client.post("/v1/digits", json=BODY)
            assert "2 requests" in failure_of(refused, 503)
            assert int(refused.headers["retry-after"]) >= 1
            # Other routes still respond.
            assert client.get("/healthz").is_success
            assert client.get("/v1/models").is_success
        finally:
            allowed.set()
        assert reading.result().is_success
        assert waiting.result().is_success
    assert client.post("/v1/digits", json=BODY).is_success  # the queue has room again


def test_request_that_takes_too_long_fails(serve, blocked_reading, picture):
    allowed, started = blocked_reading
    client = serve(n_threads=1, max_waiting=5, timeout=0.3, store=None)
    assert "took too long" in failure_of(client.post("/v1/read", content=picture), 408)
    assert started.acquire(timeout=60)
    # Its thread is still busy, so the next request gets 503, not 408.
    busy = client.post("/v1/digits", json=BODY)
    assert "no thread became free" in failure_of(busy, 503)
    assert "retry-after" in busy.headers
    allowed.set()
    wait_for(client, "numerals_queue_length 0.0")


def test_long_documents_stop_between_pages(serve, monkeypatch):
    """Pages after the deadline are not read."""
    read, read_pages = Reader.read_picture, []

    def read_slowly(self, picture):
        read_pages.append(picture.number)
        threading.Event().wait(0.4)
        return read(self, picture)

    monkeypatch.setattr(Reader, "read_picture", read_slowly)
    client = serve(timeout=0.6, n_threads=1, store=None)
    page = Image.open(io.BytesIO(encoded("4")))
    stream = io.BytesIO()
    page.save(stream, "TIFF", save_all=True, append_images=[page] * 30)
    failure_of(client.post("/v1/read", content=stream.getvalue()), 408)
    client.app.state.numerals.read_queue._pool.shutdown(wait=True)
    assert len(read_pages) < 10


def test_tickets_are_released_after_errors():
    queue = WorkQueue(1, 0, timeout=5)

    async def run(call):
        async with queue.ticket() as ticket:
            return await ticket.run(call)

    async def fail_then_succeed():
        for _ in range(3):
            with pytest.raises(WorkFailedError):
                await run(lambda: 1 / 0)
        async with queue.ticket() as ticket:
            with pytest.raises(BusyError):
                async with queue.ticket():
                    pass
            with pytest.raises(HTTPException):  # a body that does not arrive
                ticket.deadline = 0
                await ticket.wait_for(asyncio.sleep(10))
        return await run(lambda: 7)

    assert asyncio.run(fail_then_succeed()) == 7
    queue.close()
