"""Measure the service under hostile load, and when it is killed: latency, memory, lost data.

Starts ``numerals serve`` in a process, with a temporary store, and sends requests of many kinds
concurrently, half of them hostile, while polling ``/healthz``. Then kills the server (SIGKILL)
repeatedly while clients read and correct, and checks after each restart that all acknowledged data
is there.

::

    python benchmarks/service_under_attack.py
    python benchmarks/service_under_attack.py --requests 200 --kills 20
"""

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Any

import numpy as np
from service import EXAMPLE, requests, server
from timing import machine

JSON = {"Content-Type": "application/json"}
RAW = {"Content-Type": "application/octet-stream"}
MIB = 1024 * 1024
CLIENTS = 40  # concurrent requests


def send(port: int, path: str, body: bytes | None, headers: dict[str, str]) -> int:
    """Return the status of the response; 0 if the connection ended without one."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            response.read()
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.read()
        return error.code
    except (OSError, HTTPException):
        return 0


def bomb(side: int) -> bytes:
    """Return a PNG of a few kB whose header declares `side` x `side` pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + crc

    header = side.to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    pixels = zlib.compress(bytes(side * (side + 1)))
    chunks = (b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*arguments) for arguments in chunks)


def nested_pdf(depth: int) -> bytes:
    """Return a PDF of a few kB whose form XObjects each draw the next one ten times."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>>>>>",
        b"<</Length 5>>stream\n/X Do\nendstream",
    ]
    for number in range(5, 5 + depth):
        draw = b"/X Do " * 10 if number < 4 + depth else b"0 0 9 9 re f "
        objects.append(
            b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length %d"
            b"/Resources<</XObject<</X %d 0 R>>>>>>stream\n%s\nendstream"
            % (len(draw), number + 1, draw)
        )
    content = b"%PDF-1.7\n"
    for number, each in enumerate(objects, 1):
        content += b"%d 0 obj" % number + each + b"endobj\n"
    return content + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF" % (len(objects) + 1)


def slow(port: int) -> int:
    """Send half a request, and wait until the server ends the connection."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(
            b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\nx"
        )
        client.settimeout(60)
        return int(client.recv(65536).split()[1] or b"0")
    return 0


def kinds(seed: int) -> list[tuple[str, Callable[[int], int]]]:
    """Return name and sender of each kind of request: regular and hostile ones."""
    photograph, noise = EXAMPLE.read_bytes(), random.Random(seed).randbytes(200_000)
    senders: list[tuple[str, Callable[[int], int]]] = [
        (r.name, lambda port, r=r: send(port, r.path, r.body, {"Content-Type": r.content_type}))
        for r in requests()
    ]
    hostile: dict[str, tuple[str, bytes, dict[str, str]]] = {
        "32 MiB to corrections": ("/v1/corrections", b"[" * 32 * MIB, JSON),
        "4 MiB of lists as digits": ("/v1/digits", b'{"images":[' + b"[]," * MIB + b"1]}", JSON),
        "4 MiB of numbers as digits": (
            "/v1/digits",
            b'{"images":[[' + b"1," * (2 * MIB - 99) + b"1]]}",
            JSON,
        ),
        "32 MiB of noise as a picture": ("/v1/read", noise * 160, RAW),
        "a form of carriage returns": (
            "/v1/read",
            b"--b\r\n" + b"\r" * 16 * MIB,
            {"Content-Type": "multipart/form-data; boundary=b"},
        ),
        "PNG that declares 60,000 x 60,000": ("/v1/read", bomb(60_000)[:9_000], RAW),
        "PNG of 7,000 x 7,000, black": ("/v1/read?keep=false", bomb(7_000), RAW),
        "half a photograph": ("/v1/read", photograph[: len(photograph) // 2], RAW),
        "PDF of nested forms": ("/v1/read", nested_pdf(9), {"Content-Type": "application/pdf"}),
        "regex of huge counts": (
            "/v1/read?format=regex:%28%5B0-9%5D%7B0,999%7D%29%7B0,999%7D",
            photograph,
            RAW,
        ),
        "Origin: http://[": ("/v1/digits", b"{}", JSON | {"Origin": "http://["}),
    }
    senders += [(n, lambda port, a=arguments: send(port, *a)) for n, arguments in hostile.items()]
    return [*senders, ("half a request", slow)]


def peak(pid: int) -> float:
    """Return the peak memory of a process, MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def attack(port: int, pid: int, n_requests: int, seed: int) -> None:
    """Send all kinds of requests concurrently, and print statuses, latency and memory."""
    senders = kinds(seed)
    chosen = [senders[i % len(senders)] for i in range(n_requests)]
    random.Random(seed).shuffle(chosen)
    send(port, "/v1/read", EXAMPLE.read_bytes(), RAW)
    before, is_over, latencies = peak(pid), threading.Event(), []
    failed: list[int] = []

    def poll_health() -> None:
        while not is_over.is_set():
            started = time.perf_counter()
            status = send(port, "/healthz", None, {})
            latencies.append(1000 * (time.perf_counter() - started))
            if status != 200:
                failed.append(status)
            time.sleep(0.05)

    polling = threading.Thread(target=poll_health)
    polling.start()
    started = time.perf_counter()
    statuses_of: dict[str, Counter[int]] = {name: Counter() for name, _ in senders}
    with ThreadPoolExecutor(CLIENTS) as pool:
        for (name, _), status in zip(
            chosen, pool.map(lambda sender: sender[1](port), chosen), strict=True
        ):
            statuses_of[name][status] += 1
    total = time.perf_counter() - started
    is_over.set()
    polling.join()
    for name, counts in statuses_of.items():
        print(f"{name:<34}" + ", ".join(f"{n} x {status}" for status, n in sorted(counts.items())))
    statuses = sum(statuses_of.values(), Counter())
    p50, p95, slowest = (float(np.percentile(latencies, q)) for q in (50, 95, 100))
    print(
        f"{n_requests} requests, {CLIENTS} at a time, in {total:.0f} s\n"
        f"/healthz: p50 {p50:.0f} ms, p95 {p95:.0f} ms, max {slowest:.0f} ms; "
        f"{len(failed)} of {len(latencies)} failed\n"
        f"memory of the server: {before:.0f} MiB before, peak {peak(pid):.0f} MiB\n"
        f"responses: {statuses[500]} x 500, {statuses[503]} x 503 (busy), "
        f"{statuses[0]} connections without a response",
        flush=True,
    )


def get(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return json.load(answer)


def work_until_killed(port: int, lines: set[str], answers: dict[str, str]) -> None:
    """Read and correct until the connection fails; record the acknowledged lines and answers."""
    drawn = requests()[3]
    with contextlib.suppress(OSError, HTTPException, json.JSONDecodeError):
        for turn in range(10_000):
            url = f"http://127.0.0.1:{port}"
            request = urllib.request.Request(
                f"{url}{drawn.path}", drawn.body, {"Content-Type": drawn.content_type}
            )
            with urllib.request.urlopen(request, timeout=60) as response:
                line = json.load(response)["pages"][0]["lines"][0]["line_id"]
            lines.add(line)
            body = json.dumps({"text": str(turn)}).encode()
            request = urllib.request.Request(f"{url}/v1/review/{line}", body, JSON)
            with urllib.request.urlopen(request, timeout=60) as response:
                response.read()
            answers[line] = str(turn)


def kill_repeatedly(n_kills: int, seed: int) -> None:
    """Kill the server under load `n_kills` times, and print how much acknowledged data is lost."""
    rng, lines, answers = random.Random(seed), set[str](), dict[str, str]()
    n_lost, n_checked = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for kill in range(n_kills + 1):
            with (
                contextlib.suppress(subprocess.TimeoutExpired),
                server(Path(folder)) as (pid, port),
            ):
                known = {line: answers.get(line) for line in lines}
                for line in sorted(known, key=int)[n_checked:]:
                    changes = get(port, f"/v1/review/{line}/history")["changes"]
                    answer = known[line]
                    # An answer that was not acknowledged before the kill may be stored or not.
                    n_lost += answer is not None and [c["to"] for c in changes] != [answer]
                n_checked = len(known)
                if kill == n_kills:
                    break
                clients = [
                    threading.Thread(target=work_until_killed, args=(port, lines, answers))
                    for _ in range(4)
                ]
                for client in clients:
                    client.start()
                time.sleep(rng.uniform(0.3, 0.9))
                os.kill(pid, signal.SIGKILL)
                for client in clients:
                    client.join()
    print(
        f"{n_kills} kills under load: {len(lines):,} readings and {len(answers):,} answers were "
        f"acknowledged, {n_lost} lost"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(machine(), flush=True)
    if options.requests:
        with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (pid, port):
            attack(port, pid, options.requests, options.seed)
    if options.kills:
        kill_repeatedly(options.kills, options.seed)


if __name__ == "__main__":
    main()
