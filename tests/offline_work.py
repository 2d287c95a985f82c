"""Read, train and serve once, in one process: what `test_offline.py` watches.

Called with a picture, digits and a port; prints what Python code connected to, resolved and
wrote as JSON. What compiled code does is seen by strace alone.
"""

import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

REACHED: list[str] = []
WRITTEN: list[str] = []
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_ASKS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto")


def watch(event, arguments):
    if event in _ASKS:
        address = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[:2]
        REACHED.append(":".join(map(str, address[:2])) if isinstance(address, tuple) else address)
    elif event == "open" and isinstance(arguments[0], str) and (arguments[2] or 0) & _WRITES:
        WRITTEN.append(str(Path(arguments[0]).absolute()))
    elif event in ("os.mkdir", "os.rename"):
        WRITTEN.append(str(Path(os.fsdecode(arguments[0])).absolute()))


def call(*arguments):
    from numerals.cli.app import app

    app([str(argument) for argument in arguments], standalone_mode=False)


def use_service(picture, address):
    """Ask the service that the main thread is about to start, and end it."""
    for _ in range(300):
        time.sleep(0.1)
        try:
            for path, body in (("/static/index.html", None), ("/v1/read", picture.read_bytes())):
                request = urllib.request.Request(address + path, body)
                request.add_header("Content-Type", "image/png")
                with urllib.request.urlopen(request) as answer:
                    answer.read()
            break
        except urllib.error.URLError:
            continue
    signal.raise_signal(signal.SIGINT)


def main(picture, digits, port):
    sys.addaudithook(watch)
    call("read", picture)
    call("read", "--digits", picture)
    call("train", "logistic", "--data", digits, "--out", "logistic.onnx")
    client = threading.Thread(target=use_service, args=(picture, f"http://127.0.0.1:{port}"))
    client.start()
    call("serve", "--port", port)
    client.join()
    print(json.dumps({"reached": REACHED, "written": WRITTEN}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
