"""Damaged, random and hostile pictures are read or rejected; nothing hangs or leaks."""

import gc
import io
import random
import tracemalloc

import numpy as np
import pytest
from PIL import Image
from served import encoded, failure_of, picture_of

REFUSED = {413, 415, 422}


def pdf_of(text: str) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture_of(text)).save(stream, "PDF")
    return stream.getvalue()


def tiff_of(text: str) -> bytes:
    stream = io.BytesIO()
    page = Image.fromarray(picture_of(text))
    page.save(stream, "TIFF", compression="tiff_lzw", save_all=True, append_images=[page])
    return stream.getvalue()


WHOLE = {
    "png": lambda: encoded("4"),
    "jpeg": lambda: encoded("4", ".jpg"),
    "webp": lambda: encoded("4", ".webp"),
    "tiff": lambda: tiff_of("4"),
    "pdf": lambda: pdf_of("4"),
}
STARTS = [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\0", b"%PDF-1.7\n", b"GIF89a", b"BM"]


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """Return a file that is truncated, or has flipped bits, a missing part or a repeated part."""
    content = bytearray(whole)
    how = chance.randrange(4)
    if how == 0:
        return bytes(content[: chance.randrange(len(content))])
    if how == 1:
        for _ in range(chance.choice([1, 3, 30])):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        return bytes(content)
    first, second = sorted(chance.randrange(len(content)) for _ in range(2))
    return (
        bytes(content[:first] + content[second:])
        if how == 2
        else bytes(content[:second] + content[first:])
    )


@pytest.fixture(scope="module")
def fuzzed(serve):
    """Return a service with low limits, so that damaged size fields cost little."""
    return serve(max_pixels=2_000_000, max_pages=5, timeout=60)


def check(client, content: bytes, route: str) -> int:
    answer = client.post(f"/v1/{route}", content=content)
    if answer.status_code != 200:
        assert answer.status_code in REFUSED, (answer.status_code, answer.text)
        failure_of(answer, answer.status_code)
    return answer.status_code


@pytest.mark.parametrize("kind", WHOLE)
def test_damaged_files_are_read_or_rejected(fuzzed, kind):
    whole, chance = WHOLE[kind](), random.Random(f"{kind}")
    assert check(fuzzed, whole, "read") == 200
    found = {check(fuzzed, damaged(whole, chance), "read") for _ in range(8)}
    found |= {check(fuzzed, damaged(whole, chance), "digits") for _ in range(4)}
    assert found & REFUSED  # they were damaged indeed


@pytest.mark.parametrize("start", STARTS, ids=lambda start: repr(start[:4]))
def test_random_bytes_are_rejected(fuzzed, start):
    chance = random.Random(start)
    for size in (0, 1, 40, 5000):
        assert check(fuzzed, start + chance.randbytes(size), "read") in REFUSED


def test_pictures_of_unusual_sizes_are_read(fuzzed):
    for size in ((1, 1), (1, 1000), (1000, 1), (3, 3), (20_000, 20)):
        for grey in (0, 255):
            stream = io.BytesIO()
            Image.new("L", size, grey).save(stream, "PNG")
            for route in ("read", "read?layout=field", "read?layout=digits", "digits"):
                assert check(fuzzed, stream.getvalue(), route) == 200


def test_noise_is_read(fuzzed):
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "PNG")
    assert check(fuzzed, stream.getvalue(), "read") == 200


# Starlette leaves the file of a form that ends too early to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
def test_malformed_forms_are_rejected(fuzzed):
    chance, boundary = random.Random(5), b"--b\r\n"
    head = b'content-disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'
    whole = boundary + head + encoded("4") + b"\r\n--b--\r\n"
    kind = {"content-type": "multipart/form-data; boundary=b"}
    assert fuzzed.post("/v1/read", content=whole, headers=kind).status_code == 200
    for _ in range(15):
        answer = fuzzed.post("/v1/read", content=damaged(whole[:200], chance), headers=kind)
        failure_of(answer, answer.status_code)
        assert answer.status_code in REFUSED | {400}
    gc.collect()


def test_memory_does_not_grow(fuzzed):
    """Alternating valid and invalid requests do not leak memory."""
    good, bad = encoded("4"), encoded("4")[:-40]

    def ask(times: int) -> None:
        for _ in range(times):
            fuzzed.post("/v1/digits", content=good)
            fuzzed.post("/v1/digits", content=bad)
            fuzzed.post("/v1/digits", content=b"nothing")
            fuzzed.get("/v1/review/999999/crop")

    ask(10)
    gc.collect()
    tracemalloc.start()
    try:
        ask(5)  # warm-up: fill caches
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        ask(60)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 60 * 4 * 500, f"{grown:,} bytes in 240 requests"
