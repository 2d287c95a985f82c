"""What a line recipe trains on: composed lines, new ones each epoch, and real ones."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.data import load_digits
from numerals.data.line_sets import LineComposer, Lines, join_lines
from numerals.data.strings import STRING_SETS, load_strings
from numerals.images import load_picture
from numerals.ink import find_page_ink
from numerals.ink.line_image import HEIGHT, frame_of, to_line_image
from numerals.ink.page import WORKING_SIDE
from numerals.records import Digits
from numerals.training.line_recipes import LineRecipe

_PORTION = 2000  # lines that a process composes at a time
_N_FONTS = 59


@dataclass(frozen=True, eq=False)
class Sample:
    """A line to learn from.

    Attributes
    ----------
    image : ndarray of uint8, shape (40, n_columns)
    text : str
    has_signs : bool
        Whether `text` has the signs of the picture; without them they count as nothing.
    is_doubtful : bool
        Whether its label may be wrong: those that surprise most are left out.
    """

    image: npt.NDArray[np.uint8]
    text: str
    has_signs: bool = True
    is_doubtful: bool = False


def split_writers(digits: Digits, recipe: LineRecipe, part: str) -> Digits:
    """Return the digits of the writers who are held out, or (``part="train"``) of the others."""
    if digits.writers is None:
        return digits
    writers = np.random.default_rng(2026).permutation(np.unique(digits.writers))
    held_out = np.isin(digits.writers, writers[: recipe.writers_held_out])
    chosen = held_out if part != "train" else ~held_out
    return replace(
        digits,
        images=digits.images[chosen],
        labels=digits.labels[chosen],
        writers=digits.writers[chosen],
    )


def compose_later(pool: Executor, recipe: LineRecipe, epoch: int) -> list[Future[Lines]]:
    """Let processes compose an epoch's lines."""
    first, stop = epoch * recipe.composed, (epoch + 1) * recipe.composed
    return [
        pool.submit(compose_portion, recipe, "train", start, min(_PORTION, stop - start))
        for start in range(first, stop, _PORTION)
    ]


def give_way() -> None:
    """Let the network learn first where both want a core: its threads wait for each other."""
    cv2.setNumThreads(1)
    if hasattr(os, "nice"):
        os.nice(10)


def compose_portion(recipe: LineRecipe, part: str, first: int, count: int) -> Lines:
    """Compose lines from number `first` on, of one part's writers and fonts."""
    return _composer(recipe, part).compose(first, count)


@cache
def _composer(recipe: LineRecipe, part: str) -> LineComposer:
    digits = split_writers(load_digits(recipe.data, "train"), recipe, part)
    fonts = range(_N_FONTS)
    n = recipe.fonts_held_out
    return LineComposer(
        digits,
        random_state=recipe.random_state + (0 if part == "train" else 1_000_003),
        fonts=fonts[n:] if part == "train" else fonts[:n],
        distractions=recipe.distractions,
    )


def real_lines(pool: Executor, name: str, split: str) -> list[Sample]:
    """Return the pictures of a set of strings as the reader would see them."""
    kind = STRING_SETS[name]
    paths, texts = zip(*load_strings(name, split), strict=True)
    return [
        Sample(image, text, kind.has_signs, kind.wrong > 0)
        for image, text in zip(pool.map(line_of, paths, chunksize=50), texts, strict=True)
    ]


def line_of(path: Path) -> npt.NDArray[np.uint8]:
    """Return the line that a picture shows; blank where no ink is found."""
    ink = find_page_ink(load_picture(path, max_side=WORKING_SIDE).pixels, field=True)
    if not ink.lines:
        return np.zeros((HEIGHT, HEIGHT), np.uint8)
    frame = frame_of(ink.lines[0], ink.gray.shape[1])
    return to_line_image(ink.gray, frame, extend_edges=True)


def epoch_samples(
    recipe: LineRecipe,
    composed: Sequence[Future[Lines]],
    real: dict[str, list[Sample]],
    rng: np.random.Generator,
) -> list[Sample]:
    """Return an epoch: composed lines, and as many of each real set as balance it, altered."""
    lines = join_lines(future.result() for future in composed)
    samples = [
        Sample(image, text)
        for image, text in zip(lines.images, lines.texts, strict=True)
        if image.shape[1] <= recipe.widest
    ]
    for found in real.values():
        # Small sets come twice, large ones by half: composed lines stay the most.
        times = 2.0 if len(found) < 2000 else 0.5
        chosen = rng.integers(len(found), size=round(times * len(found)))
        samples += [alter(found[int(i)], rng) for i in chosen]
    return samples


def alter(sample: Sample, rng: np.random.Generator) -> Sample:
    """Return a real line as it might have been: larger, wider, leaning, fainter, noisier."""
    image = sample.image
    size = float(np.exp(rng.normal(0, 0.1)))
    across, lean = size * float(np.exp(rng.normal(0, 0.08))), float(rng.normal(0, 0.1))
    middle = HEIGHT / 2
    matrix = np.array(
        [
            [across, lean, -lean * middle],
            [rng.normal(0, 0.01), size, middle * (1 - size) + rng.normal(0, 1.5)],
        ]
    )
    width = max(HEIGHT // 2, round(image.shape[1] * across) + 4)
    moved = cv2.warpAffine(image, matrix, (width, HEIGHT))
    if rng.random() < 0.3:
        moved = cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.3, 1.0))
    grain = rng.normal(0, rng.uniform(0, 10), moved.shape)
    seen = (moved * rng.uniform(0.7, 1.3) + grain).clip(0, 255).astype(np.uint8)
    return Sample(seen, sample.text, sample.has_signs, sample.is_doubtful)


def batches(
    samples: Sequence[Sample], size: int, rng: np.random.Generator
) -> Iterator[list[Sample]]:
    """Yield batches of lines of like width, in random order."""
    order = rng.permutation(len(samples))
    batches = []
    for part in np.array_split(order, max(1, len(order) // (16 * size))):
        near = sorted(part.tolist(), key=lambda i: samples[i].image.shape[1])
        batches += [near[start : start + size] for start in range(0, len(near), size)]
    for i in rng.permutation(len(batches)):
        yield [samples[j] for j in batches[i]]
