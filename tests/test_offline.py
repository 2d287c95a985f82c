"""Nothing leaves the machine: what reading, training and serving connect to and write."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

for extra in ("sklearn", "skops", "onnx", "fastapi", "sqlalchemy", "uvicorn"):
    pytest.importorskip(extra, reason="needs pip install 'numerals[lab,web]'")

import numerals

WORK = Path(__file__).with_name("offline_work.py")
PACKAGE = Path(numerals.__file__).parent
CALLS = "network,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2"
ADDRESS = re.compile(
    r"(?:connect|sendto|sendmsg|sendmmsg)\(.*?sin6?_port=htons\((\d+)\).*?\"([0-9a-fA-F.:]+)\""
)
WRITE = re.compile(r'(?:open|openat|creat)\(.*?"([^"]+)", [^=]*O_(?:WRONLY|RDWR|CREAT).* = \d+')
MADE = re.compile(r'(?:mkdir|rename)\w*\(.*?"([^"]+)".* = 0')
RESOLVED = re.compile(r'open\w*\(.*?"(/etc/(?:resolv\.conf|hosts|nsswitch\.conf|gai\.conf))"')


def find_strace() -> str | None:
    """Return strace, unless it is missing or may not trace here, as in some containers."""
    path = shutil.which("strace")
    if path and subprocess.run([path, "-o", os.devnull, "true"], capture_output=True).returncode:
        return None
    return path


STRACE = find_strace()
with_strace = pytest.mark.skipif(STRACE is None, reason="needs strace")


@pytest.fixture(scope="module")
def traced(tmp_path_factory, draw_everything):
    """Run everything once; return what Python reports, strace's lines, the folder and the port."""
    folder = tmp_path_factory.mktemp("offline")
    draw_everything(folder)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    options = ["-f", "--seccomp-bpf", "-e", f"trace={CALLS}", "-o", "calls"]
    tracing = [STRACE, *options] if STRACE else []
    environment = {"HOME": str(folder / "user"), "PYTHONDONTWRITEBYTECODE": "1"}
    kept = ("PATH", "PYTHONPATH", "SYSTEMROOT", "OMP_NUM_THREADS")
    environment |= {name: os.environ[name] for name in kept if name in os.environ}
    work = [sys.executable, str(WORK), "417.png", "digits.npz", str(port)]
    done = subprocess.run(
        [*tracing, *work], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    calls = (folder / "calls").read_text(errors="replace").splitlines() if STRACE else []
    return found, calls, folder, str(port)


@pytest.fixture(scope="module")
def draw_everything(known_fonts):
    def draw(folder):
        (folder / "user").mkdir()
        picture = np.full((120, 300), 245, np.uint8)
        cv2.putText(picture, "417", (60, 90), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 50, 5, cv2.LINE_AA)
        cv2.imwrite(str(folder / "417.png"), picture)
        part = slice(0, 60)
        np.savez(
            folder / "digits.npz", images=known_fonts.images[part], labels=known_fonts.labels[part]
        )

    return draw


def is_ours(path: str, folder: Path) -> bool:
    """Whether a path is in the folder of the work, a folder of ours, or nothing that stays."""
    place = (folder / path).resolve()
    user = folder / "user"
    if place.is_relative_to(user):
        return "numerals" in place.parts or any(place == p for p in ours_above(user))
    return place.is_relative_to(folder) or place.is_relative_to(PACKAGE) or path.startswith("/dev/")


def ours_above(user: Path) -> list[Path]:
    """Return the folders that hold ours, which are made where they are missing."""
    return [p for each in user.rglob("numerals") for p in each.parents if p.is_relative_to(user)]


def test_python_reaches_the_service_alone(traced):
    found, _, _, port = traced
    assert set(found["reached"]) == {f"127.0.0.1:{port}"}


def test_python_writes_into_our_folders_alone(traced):
    found, _, folder, _ = traced
    assert found["written"]
    assert [path for path in found["written"] if not is_ours(path, folder)] == []


def test_the_home_holds_nothing_else(traced):
    _, _, folder, _ = traced
    user = folder / "user"
    files = [path.relative_to(user) for path in user.rglob("*") if path.is_file()]
    assert files and all("numerals" in path.parts for path in files), files


@with_strace
def test_compiled_code_reaches_and_resolves_nothing(traced):
    _, calls, _, port = traced
    reached = {match.groups() for line in calls if (match := ADDRESS.search(line))}
    assert reached == {(port, "127.0.0.1")}
    assert [line for line in calls if RESOLVED.search(line)] == []


@with_strace
def test_compiled_code_writes_into_our_folders_alone(traced):
    _, calls, folder, _ = traced
    written = [m.group(1) for line in calls if (m := WRITE.search(line) or MADE.search(line))]
    assert written
    assert [path for path in written if not is_ours(path, folder)] == []
