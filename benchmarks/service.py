"""Measure the service under load: requests per second, latency percentiles, memory.

Starts ``numerals serve`` in a process, with a temporary store. The clients run on the same machine,
each with one persistent connection. The machine should be otherwise idle.

::

    python benchmarks/service.py
    python benchmarks/service.py --requests 1000 --soak 10000 --clients 1 4 16
"""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import cv2
import numpy as np
from timing import machine

from numerals.synthesis.font_glyphs import load_font_glyphs

EXAMPLE = Path(__file__).parent.parent / "examples" / "phone-number.jpg"
FONT = 40


class RepeatedRequest:
    """A request that is sent repeatedly."""

    def __init__(self, name: str, path: str, body: bytes, content_type: str) -> None:
        self.name, self.path, self.body, self.content_type = name, path, body, content_type

    def send(self, connection: HTTPConnection) -> float:
        """Return the seconds until the response is complete."""
        started = time.perf_counter()
        connection.request("POST", self.path, self.body, {"Content-Type": self.content_type})
        response = connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise SystemExit(f"{self.path}: {response.status} {content[:200]!r}")
        return time.perf_counter() - started


def requests() -> list[RepeatedRequest]:
    glyphs, characters = load_font_glyphs()
    digits = [glyphs[FONT, characters.index(c)] for c in "0123456789"]
    ink = np.pad(np.hstack([cv2.resize(digits[int(c)], (56, 56)) for c in "41792"]), 20)
    field = bytes(cv2.imencode(".png", 255 - ink)[1])

    def rows(images: list[np.ndarray]) -> bytes:
        return ('{"images": ' + str([image.tolist() for image in images]) + "}").encode()

    json, png = "application/json", "image/png"
    return [
        RepeatedRequest("/v1/digits, one digit", "/v1/digits", rows(digits[:1]), json),
        RepeatedRequest("/v1/digits, 100 digits", "/v1/digits", rows(digits * 10), json),
        RepeatedRequest("/v1/read, a drawn number", "/v1/read?layout=field&keep=false", field, png),
        RepeatedRequest("/v1/read, the same, stored", "/v1/read?layout=field", field, png),
        RepeatedRequest(
            "/v1/read, photograph 1600x800",
            "/v1/read?keep=false",
            EXAMPLE.read_bytes(),
            "image/jpeg",
        ),
    ]


@contextlib.contextmanager
def server(folder: Path) -> Iterator[tuple[int, int]]:
    """Start the service; yield its process ID and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = "from numerals.cli.app import main; main()"
    store = f"sqlite:///{folder / 'store.db'}"
    command = [sys.executable, "-c", code, "serve", "--port", str(port), "--store", store]
    process = subprocess.Popen(
        command, stderr=subprocess.DEVNULL, env=os.environ | {"NUMERALS_HOME": str(folder)}
    )
    try:
        for _ in range(1200):
            with contextlib.suppress(OSError):
                connection = HTTPConnection("127.0.0.1", port, timeout=120)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                break
            time.sleep(0.1)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(60)


def load(
    port: int, request: RepeatedRequest, n_requests: int, n_clients: int
) -> tuple[float, list[float]]:
    """Send requests from concurrent clients; return the total seconds, and those of each one."""
    seconds: list[float] = []
    turns = iter(range(n_requests))
    lock = threading.Lock()

    def work() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=600)
        while True:
            with lock:
                if next(turns, None) is None:
                    return
            seconds.append(request.send(connection))

    clients = [threading.Thread(target=work) for _ in range(n_clients)]
    started = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return time.perf_counter() - started, seconds


def rss(pid: int) -> float:
    """Return the resident memory of a process, MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000, help="requests per row")
    parser.add_argument("--soak", type=int, default=10_000, help="requests of the memory test")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16])
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (pid, port):
        print(f"{'':<34}{'clients':>8}{'per second':>12}{'p50 ms':>9}{'p99 ms':>9}")
        for request in requests():
            count = options.requests // (10 if "photograph" in request.name else 1)
            load(port, request, max(1, count // 20), 2)  # warm-up: models, threads, caches
            for n_clients in options.clients:
                total, seconds = load(port, request, count, n_clients)
                p50, p99 = (1000 * np.percentile(seconds, q) for q in (50, 99))
                rate = f"{len(seconds) / total:>12.1f}"
                print(f"{request.name:<34}{n_clients:>8}{rate}{p50:>9.1f}{p99:>9.1f}", flush=True)
        for request in (requests()[0], requests()[3]):
            before = rss(pid)
            load(port, request, options.soak // 2, 4)
            half = rss(pid)
            load(port, request, options.soak - options.soak // 2, 4)
            print(
                f"memory, {options.soak:,} x {request.name}: {before:.0f} MiB before,"
                f" {half:.0f} after half of them, {rss(pid):.0f} after all"
            )


if __name__ == "__main__":
    main()
