"""The service under hostile load, and killed under load: latency of health, memory, what is lost.

Starts ``numerals serve`` with a store of its own, in a process of its own, and sends requests of
many kinds at the same time, some of them hostile; meanwhile ``/healthz`` is asked all the time.
Then kills the server (SIGKILL) while clients read and correct, again and again, and looks for all
that was acknowledged after each restart.

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
CLIENTS = 40  # at the same time


def send(port: int, path: str, body: bytes | None, headers: dict[str, str]) -> int:
    """Return the status of the answer; 0 if the connection ended before."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)
    try:
        with urllib.request.urlopen(asked, timeout=120) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.read()
        return error.code
    except (OSError, HTTPException):
        return 0


def bomb(side: int) -> bytes:
    """Return a PNG of a few kB that says it is `side` x `side` pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + crc

    header = side.to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(bytes(side * (side + 1)))), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def nested_pdf(depth: int) -> bytes:
    """Return a PDF of a few kB whose form XObjects each draw the next ten times."""
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
    """Send half a request, and wait until the server has enough of it."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(
            b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\nx"
        )
        client.settimeout(60)
        return int(client.recv(65536).split()[1] or b"0")
    return 0


def kinds(seed: int) -> list[tuple[str, Callable[[int], int]]]:
    """Return name and sender of the requests: half of them are as usual, half hostile."""
    photograph, noise = EXAMPLE.read_bytes(), random.Random(seed).randbytes(200_000)
    usual = [(asked.name, asked.path, asked.body, asked.kind) for asked in requests()]
    found: list[tuple[str, Callable[[int], int]]] = [
        (name, lambda port, p=path, b=body, k=kind: send(port, p, b, {"Content-Type": k}))
        for name, path, body, kind in usual
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
        "PNG that says 60,000 x 60,000": ("/v1/read", bomb(60_000)[:9_000], RAW),
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
    found += [(n, lambda port, a=asked: send(port, *a)) for n, asked in hostile.items()]
    return [*found, ("half a request", slow)]


def peak(pid: int) -> float:
    """Return the most MiB that a process held in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def attack(port: int, pid: int, n_requests: int, seed: int) -> None:
    """Send all kinds at the same time, and print how the service took it."""
    offered = kinds(seed)
    chosen = [offered[i % len(offered)] for i in range(n_requests)]
    random.Random(seed).shuffle(chosen)
    send(port, "/v1/read", EXAMPLE.read_bytes(), RAW)
    before, over, seconds = peak(pid), threading.Event(), []
    failed: list[int] = []

    def ask_health() -> None:
        while not over.is_set():
            started = time.perf_counter()
            status = send(port, "/healthz", None, {})
            seconds.append(1000 * (time.perf_counter() - started))
            if status != 200:
                failed.append(status)
            time.sleep(0.05)

    asking = threading.Thread(target=ask_health)
    asking.start()
    started = time.perf_counter()
    answers: dict[str, Counter[int]] = {name: Counter() for name, _ in offered}
    with ThreadPoolExecutor(CLIENTS) as pool:
        for (name, _), status in zip(
            chosen, pool.map(lambda each: each[1](port), chosen), strict=True
        ):
            answers[name][status] += 1
    whole = time.perf_counter() - started
    over.set()
    asking.join()
    for name, found in answers.items():
        print(f"{name:<34}" + ", ".join(f"{n} x {status}" for status, n in sorted(found.items())))
    statuses = sum(answers.values(), Counter())
    p50, p95, most = (float(np.percentile(seconds, q)) for q in (50, 95, 100))
    print(
        f"{n_requests} requests, {CLIENTS} at a time, in {whole:.0f} s\n"
        f"/healthz: p50 {p50:.0f} ms, p95 {p95:.0f} ms, max {most:.0f} ms; "
        f"{len(failed)} of {len(seconds)} failed\n"
        f"memory of the server: {before:.0f} MiB before, {peak(pid):.0f} MiB at most\n"
        f"answers: {statuses[500]} x 500, {statuses[503]} x 503 (busy), "
        f"{statuses[0]} connections that ended without one",
        flush=True,
    )


def get(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return json.load(answer)


def work_until_killed(port: int, lines: set[str], answers: dict[str, str]) -> None:
    """Read and correct; note what was acknowledged."""
    drawn = requests()[3]
    with contextlib.suppress(OSError, HTTPException, json.JSONDecodeError):
        for turn in range(10_000):
            url = f"http://127.0.0.1:{port}"
            asked = urllib.request.Request(
                f"{url}{drawn.path}", drawn.body, {"Content-Type": drawn.kind}
            )
            with urllib.request.urlopen(asked, timeout=60) as answer:
                line = json.load(answer)["pages"][0]["lines"][0]["line_id"]
            lines.add(line)
            body = json.dumps({"text": str(turn)}).encode()
            asked = urllib.request.Request(f"{url}/v1/review/{line}", body, JSON)
            with urllib.request.urlopen(asked, timeout=60) as answer:
                answer.read()
            answers[line] = str(turn)


def kill_again_and_again(n_kills: int, seed: int) -> None:
    """Kill the server under load, and print whether all that it acknowledged is there."""
    chance, lines, answers = random.Random(seed), set[str](), dict[str, str]()
    lost, checked_until = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for kill in range(n_kills + 1):
            with (
                contextlib.suppress(subprocess.TimeoutExpired),
                server(Path(folder)) as (pid, port),
            ):
                known = {line: answers.get(line) for line in lines}
                for line in sorted(known, key=int)[checked_until:]:
                    changes = get(port, f"/v1/review/{line}/history")["changes"]
                    told = known[line]
                    # An answer that was on its way when the server went may be there or not.
                    lost += told is not None and [change["to"] for change in changes] != [told]
                checked_until = len(known)
                if kill == n_kills:
                    break
                clients = [
                    threading.Thread(target=work_until_killed, args=(port, lines, answers))
                    for _ in range(4)
                ]
                for client in clients:
                    client.start()
                time.sleep(chance.uniform(0.3, 0.9))
                os.kill(pid, signal.SIGKILL)
                for client in clients:
                    client.join()
    print(
        f"{n_kills} kills under load: {len(lines):,} readings and {len(answers):,} answers were "
        f"acknowledged, {lost} lost"
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
        kill_again_and_again(options.kills, options.seed)


if __name__ == "__main__":
    main()
