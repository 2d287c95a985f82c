"""Shared fixtures: temporary folders, real data, and drawn numbers with known text."""

import os
import signal
import sys
import threading
import uuid
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest

from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs

FONT = 0  # handwriting font; the recipe of the line model holds out fonts 0 to 7
POSTGRES = "NUMERALS_TEST_POSTGRES"


SLOW_TESTS = (  # folders and files that `pytest -m quick` leaves out
    "classifiers/test_cnn.py",
    "cli",
    "explain",
    "forms",
    "images/test_hostile_pdf.py",
    "lab",
    "training",
    "web",
    "reading/test_marked_pages.py",
    "reading/test_page_orientation.py",
    "reading/test_reader.py",
    "reading/test_script_detection.py",
    "reading/test_table_assignment.py",
    "store/test_damaged_stores.py",
    "test_fuzz.py",
    "test_offline.py",
)


def pytest_collection_modifyitems(items):
    """Mark tests as quick, except slow ones and those that need the real data sets."""
    tests = Path(__file__).parent
    for item in items:
        path = item.path.relative_to(tests).as_posix()
        if item.get_closest_marker("docs") and not path.startswith("docs/"):
            raise pytest.UsageError(f"{item.nodeid}: move it to tests/docs, where .ci/run finds it")
        is_slow = any(path == name or path.startswith(f"{name}/") for name in SLOW_TESTS)
        if not is_slow and not item.get_closest_marker("data"):
            item.add_marker(pytest.mark.quick)


@pytest.fixture(scope="session", autouse=True)
def _no_home(tmp_path_factory):
    """Use a temporary home, so that tests neither see nor change the user's models and data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUMERALS_HOME", str(tmp_path_factory.mktemp("home")))
        patch.delenv("NUMERALS_STORE", raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c():
    """Restore the SIGINT handler, which shells disable for background jobs."""
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_open_figures():
    """Close the figures of pyplot, which warns of many."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture
def usual_umask():
    """Set the umask that most systems have, whatever that of the caller is."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def home(monkeypatch, tmp_path) -> Path:
    """Return an empty home folder of the user."""
    folder = tmp_path / "home"
    monkeypatch.setenv("NUMERALS_HOME", str(folder))
    monkeypatch.delenv("NUMERALS_STORE", raising=False)
    return folder


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Return the folder of the real data sets, or skip."""
    folder = os.environ.get("NUMERALS_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs the real data sets; set NUMERALS_DATA to the folder that holds them")
    return Path(folder)


@pytest.fixture
def postgres_url():
    """Return the URL of a temporary PostgreSQL database, or skip."""
    url = os.environ.get(POSTGRES)
    if not url:
        pytest.skip(f"needs a PostgreSQL server: tools/with_postgres.sh sets {POSTGRES}")
    psycopg = pytest.importorskip("psycopg", reason="needs numerals[postgres]")
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield urlsplit(url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def draw_number(
    text: str, *, height: int = 48, gap: int = 14, font: int = FONT, margin: int = 40
) -> np.ndarray:
    """Return a picture, uint8 (h, w), of dark digits on white paper; a space is a wide gap."""
    glyphs, characters = load_font_glyphs()
    scale = height / 20
    parts = []
    for character in text:
        if character == " ":
            parts.append(np.zeros((round(28 * scale), 2 * height), np.uint8))
            continue
        glyph = glyphs[font, characters.index(character)]
        glyph = glyph[:, glyph.any(axis=0)]
        size = (max(1, round(glyph.shape[1] * scale)), round(28 * scale))
        parts.append(cv2.resize(glyph, size, interpolation=cv2.INTER_CUBIC))
    ink = np.zeros((round(28 * scale), sum(p.shape[1] + max(gap, 0) for p in parts)), np.uint8)
    left = 0
    for part in parts:  # digits overlap where the gap is negative
        window = ink[:, left : left + part.shape[1]]
        np.maximum(window, part, out=window)
        left += part.shape[1] + gap
    ink = np.pad(ink, margin)
    return (245 - ink.astype(np.float32) * 0.8).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def draw():
    """Return the function that draws a number."""
    return draw_number


@pytest.fixture
def store_lines():
    """Return the function that stores drawn lines with their readings and corrections."""
    from corrected_lines import store_lines

    return partial(store_lines, draw_number)


def font_digits(first: int, last: int) -> Digits:
    """Return the ten digits of some fonts, reduced to 14x14 for fast fits."""
    glyphs, characters = load_font_glyphs()
    columns = [characters.index(c) for c in "0123456789"]
    images = glyphs[first:last, columns].reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))
    labels = np.tile(np.arange(10), last - first)
    return Digits(images.astype(np.uint8), labels, name="fonts")


@pytest.fixture(scope="session")
def known_fonts() -> Digits:
    return font_digits(0, 30)


@pytest.fixture(scope="session")
def other_fonts() -> Digits:
    return font_digits(30, 45)


@pytest.fixture
def strokes():
    """Thirty digits of 28x28 with a dark border, three of each class."""
    rng = np.random.default_rng(0)
    images = np.zeros((30, 28, 28), np.uint8)
    images[:, 4:24, 4:24] = rng.integers(0, 256, (30, 20, 20))
    return Digits(images, np.arange(30) % 10)
