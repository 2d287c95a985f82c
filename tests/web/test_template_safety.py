"""Templates of a service that gets damaged files, or is killed."""

import io
import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest
from PIL import Image
from served import failure_of, server_process
from test_fuzzed_pictures import REFUSED, STARTS, damaged

from numerals.example_pictures import find_examples

FORM = find_examples() / "form"
FIELD = {"name": "total", "box": [300, 710, 560, 772]}
ENOUGH = 6  # acknowledged templates before the service is killed


def jpeg_of(name: str) -> bytes:
    """Return an example as a small file, which damage changes more often."""
    stream = io.BytesIO()
    Image.open(FORM / name).convert("L").reduce(2).save(stream, "JPEG", quality=40)
    return stream.getvalue()


@pytest.fixture(scope="module")
def fuzzed(serve):
    client = serve(max_pixels=2_000_000, max_pages=5, timeout=60)
    picture = (FORM / "blank-form.png").read_bytes()
    detected = client.post("/v1/templates/detect", content=picture).json()
    body = {"fields": [FIELD], "picture_id": detected["picture_id"]}
    assert client.put("/v1/templates/ferry", json=body).is_success
    return client


@pytest.mark.parametrize("route", ["detect", "ferry/try"])
def test_damaged_files_are_read_or_rejected(fuzzed, route):
    whole, chance = jpeg_of("sheet-1.jpg"), random.Random(route)
    assert fuzzed.post(f"/v1/templates/{route}", content=whole).status_code == 200
    for _ in range(10):
        answer = fuzzed.post(f"/v1/templates/{route}", content=damaged(whole, chance))
        if answer.status_code != 200:
            assert answer.status_code in REFUSED, answer.text
            failure_of(answer, answer.status_code)
    for start in STARTS:
        answer = fuzzed.post(f"/v1/templates/{route}", content=start + chance.randbytes(500))
        assert answer.status_code in REFUSED


@pytest.mark.parametrize("route", ["detect", "ferry/try"])
def test_pictures_of_unusual_sizes_and_noise_are_handled(fuzzed, route):
    noise = np.random.default_rng(0).integers(0, 256, (600, 500), np.uint8)
    pictures = [Image.new("L", size, 255) for size in ((1, 1), (1, 900), (900, 1), (9_000, 30))]
    lines = np.full((900, 900), 255, np.uint8)
    lines[::9], lines[:, ::9] = 0, 0  # ten thousand tiny cells
    for picture in (*pictures, Image.fromarray(noise), Image.fromarray(lines)):
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        answer = fuzzed.post(f"/v1/templates/{route}", content=stream.getvalue())
        assert answer.status_code in (200, 422), answer.text
        if route == "detect":
            assert len(answer.json()["boxes"]) <= 1000


def test_large_uploads_are_rejected(serve):
    small = serve(max_body=20_000, max_pixels=100_000)
    content = b"x" * 20_001
    failure_of(small.post("/v1/templates/detect", content=content), 413)
    failure_of(small.post("/v1/templates/a/try", files={"picture": ("a.png", content)}), 413)
    stream = io.BytesIO()
    Image.new("L", (400, 300), 255).save(stream, "PNG")
    failure_of(small.post("/v1/templates/detect", content=stream.getvalue()), 413)


def test_saved_templates_survive_a_kill(tmp_path):
    picture = (FORM / "blank-form.png").read_bytes()
    saved, over, enough = set(), threading.Event(), threading.Event()
    options = ("--store", f"sqlite:///{tmp_path / 'store.db'}", "--workers", "2")

    def work(number: int) -> None:
        with httpx.Client(base_url=address, timeout=120) as client:
            for turn in range(1000):
                if over.is_set():
                    return
                name = f"form {number} {turn % 3}"
                field = FIELD | {"name": f"t{turn}", "roster": [str(turn), str(number)]}
                body = {"fields": [field], "picture_id": picture_id}
                try:
                    if client.put(f"/v1/templates/{name}", json=body).is_success:
                        saved.add(name)
                except httpx.TransportError:
                    return
                if len(saved) >= ENOUGH:
                    enough.set()

    with server_process(*options, home=tmp_path) as (process, address):
        detected = httpx.post(f"{address}/v1/templates/detect", content=picture, timeout=120)
        picture_id = detected.json()["picture_id"]
        with ThreadPoolExecutor(3) as pool:
            for number in range(3):
                pool.submit(work, number)
            assert enough.wait(120)
            process.send_signal(signal.SIGKILL)
            over.set()
        assert process.wait(60) == -signal.SIGKILL

    with (
        server_process(*options, home=tmp_path) as (_, address),
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        listed = {form["name"]: form["error"] for form in client.get("/v1/templates").json()}
        assert saved <= set(listed) and not any(listed.values())
        for name in listed:
            assert client.get(f"/v1/templates/{name}").json()["fields"][0]["name"].startswith("t")
