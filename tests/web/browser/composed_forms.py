"""Filled-in copies of the example form, with their true numbers."""

import importlib.util
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from numerals.data import load_digits
from numerals.errors import NumeralsError
from numerals.records import Digits
from numerals.synthesis.digit_hands import make_hands
from numerals.synthesis.font_glyphs import load_font_glyphs

ROOT = Path(__file__).parents[3]
FORM = ROOT / "examples" / "form"
TOTAL = ("adults", "children", "seniors")


@cache
def make_composer():
    """Return the tool that composes the example form."""
    path = ROOT / "tools" / "make_form_example.py"
    spec = importlib.util.spec_from_file_location("make_form_example", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def hands():
    """Return the hands of QMNIST's test writers; without the data set, those of fonts."""
    try:
        return make_hands(load_digits("qmnist", "test"))
    except NumeralsError:
        glyphs, characters = load_font_glyphs()
        images = glyphs[:, [characters.index(c) for c in "0123456789"]]
        labels = np.tile(np.arange(10), len(images))
        writers = np.repeat(np.arange(len(images)), 10)
        return make_hands(Digits(images.reshape(-1, 28, 28), labels, name="fonts", writers=writers))


def true_numbers(rng: np.random.Generator) -> dict[str, str]:
    """Return numbers that a clerk could write on the form; its relations hold."""
    adults, children, seniors = (int(rng.integers(10, high)) for high in (300, 120, 90))
    start = int(rng.integers(10_000, 90_000))
    month, day = rng.integers(1, 13), rng.integers(1, 29)
    return {
        "crew_number": f"{rng.integers(10**6):06d}",
        "date": f"2026{month:02d}{day:02d}",
        "adults": str(adults),
        "children": str(children),
        "seniors": str(seniors),
        "total": str(adults + children + seniors),
        "hours_start": str(start),
        "hours_end": str(start + int(rng.integers(1, 30))),
        "phone": f"555{rng.integers(10**7):07d}",
    }


def compose_forms(folder: Path, n_forms: int, seed: int = 0) -> dict[str, dict[str, str]]:
    """Write photographs of filled-in forms; return the true numbers by file name."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = {}
    for name, numbers, photo in _photographs(n_forms, seed):
        cv2.imwrite(str(folder / name), photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
        truth[name] = numbers
    return truth


def _photographs(n_forms: int, seed: int) -> Iterator[tuple[str, dict[str, str], np.ndarray]]:
    composer, writers = make_composer(), hands()
    form = composer.draw_form()
    for at in range(n_forms):
        rng = np.random.default_rng((seed, at))
        numbers = true_numbers(rng)
        hand = writers[int(rng.integers(len(writers)))]
        turn, tilt = rng.uniform(-4, 4), rng.uniform(-0.03, 0.03)
        photo = composer.fill_in(form, numbers, hand, rng, turn=turn, tilt=tilt)
        yield f"sheet-{at:03d}.jpg", numbers, photo


def n_forms(default: int) -> int:
    """Return how many forms a test composes; NUMERALS_TEST_FORMS may ask for more."""
    return int(os.environ.get("NUMERALS_TEST_FORMS", default))
