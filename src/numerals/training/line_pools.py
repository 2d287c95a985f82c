"""What a line recipe trains on: composed lines, new ones each epoch, and real ones."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import numpy.typing as npt

from numerals.data.line_data_sets import STRING_SETS, load_digit_spans, load_strings
from numerals.images import load_picture
from numerals.ink import find_field_ink
from numerals.ink.line_frame import HEIGHT
from numerals.ink.line_image import fit_line_frame, to_line_image
from numerals.ink.working_copy import WORKING_SIDE
from numerals.records import Digits
from numerals.synthesis.line_sets import LineComposer, Lines, join_lines
from numerals.training.held_out_digits import hold_out, load_training_digits
from numerals.training.line_recipes import LineRecipe

_PORTION = 2000  # lines that a process composes at a time
_SMALL = 2000  # lines of a small set
_N_FONTS = 59
_JOINED = 0.15  # share of the real lines that are put beside another
_SPLICED = 0.5  # share of the lines whose digits' places are known that are put together anew

Span = tuple[float, float]
"""Where something begins and ends, pixels."""


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
    pieces : tuple of Sample
        The same line in pieces, cut where no digit is, where it is known where its digits are.
    """

    image: npt.NDArray[np.uint8]
    text: str
    has_signs: bool = True
    is_doubtful: bool = False
    pieces: tuple["Sample", ...] = ()


def split_writers(digits: Digits, recipe: LineRecipe, part: str) -> Digits:
    """Return the digits of the writers who are held out, or (``part="train"``) of the others.

    Where the writers are not known, a twentieth of the digits is held out.
    """
    if digits.writers is None:
        held_out = hold_out(digits, len(digits) // 20)
    else:
        writers = np.random.default_rng(2026).permutation(np.unique(digits.writers))
        held_out = np.isin(digits.writers, writers[: recipe.writers_held_out])
    chosen = held_out if part != "train" else ~held_out
    return replace(
        digits,
        images=digits.images[chosen],
        labels=digits.labels[chosen],
        writers=None if digits.writers is None else digits.writers[chosen],
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
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent has; one that was killed tells nobody."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def compose_portion(recipe: LineRecipe, part: str, first: int, count: int) -> Lines:
    """Compose lines from number `first` on, of one part's writers and fonts."""
    return _composer(recipe, part).compose(first, count)


@cache
def _composer(recipe: LineRecipe, part: str) -> LineComposer:
    digits = split_writers(load_training_digits(recipe.data), recipe, part)
    fonts = range(_N_FONTS)
    n = recipe.fonts_held_out
    return LineComposer(
        digits,
        random_state=recipe.random_state + (0 if part == "train" else 1_000_003),
        fonts=fonts[n:] if part == "train" else fonts[:n],
        touching=recipe.touching,
        distractions=recipe.distractions,
        clean=recipe.clean,
        operators=recipe.operators,
        rejects=recipe.rejects,
    )


def real_lines(pool: Executor, name: str, split: str) -> list[Sample]:
    """Return the pictures of a set of strings as the reader would see them."""
    kind, spans = STRING_SETS[name], load_digit_spans(name)
    paths, texts = zip(*load_strings(name, split), strict=True)
    marked = [spans.get(path.stem, []) for path in paths]
    return [
        Sample(image, text, kind.has_signs, kind.wrong > 0, cut(image, text, found))
        for (image, found), text in zip(
            pool.map(_line_and_spans, paths, marked, chunksize=50), texts, strict=True
        )
    ]


def line_of(path: Path) -> npt.NDArray[np.uint8]:
    """Return the line that a picture shows; blank where no ink is found."""
    return _line_and_spans(path, ())[0]


def _line_and_spans(
    path: Path, spans: Sequence[Span]
) -> tuple[npt.NDArray[np.uint8], Sequence[Span]]:
    """Return the line that a picture shows, and the picture's columns as those of the line."""
    ink = find_field_ink(load_picture(path, max_side=WORKING_SIDE).pixels)
    if not ink.lines:
        return np.zeros((HEIGHT, HEIGHT), np.uint8), ()
    frame = fit_line_frame(ink.lines[0], ink.gray.shape[1])
    scale, _, shift = frame.to_line()[0]
    seen = [
        (left / ink.scale * scale + shift, right / ink.scale * scale + shift)
        for left, right in spans
    ]
    return to_line_image(ink.gray, frame, extend_edges=True), seen


def cut(image: npt.NDArray[np.uint8], text: str, spans: Sequence[Span]) -> tuple[Sample, ...]:
    """Cut a line of digits half-way between those that do not overlap."""
    if len(spans) != len(text):
        return ()
    gaps = [(left[1], right[0]) for left, right in pairwise(spans)]
    at = [i + 1 for i, (end, start) in enumerate(gaps) if start >= end]
    columns = [round(sum(gaps[i - 1]) / 2) for i in at]
    images = np.split(image, columns, axis=1)
    bounds = pairwise([0, *at, len(text)])
    return tuple(
        Sample(piece, text[first:last], has_signs=False, is_doubtful=True)
        for piece, (first, last) in zip(images, bounds, strict=True)
    )


def split_real(samples: Sequence[Sample], recipe: LineRecipe) -> tuple[list[Sample], list[Sample]]:
    """Return the real lines to learn from, and those that are held out to calibrate by."""
    order = np.random.default_rng(2026).permutation(len(samples)).tolist()
    n = round(recipe.real_held_out * len(samples))
    return [samples[i] for i in order[n:]], [samples[i] for i in order[:n]]


def alter_later(
    pool: Executor, recipe: LineRecipe, epoch: int, found: Sequence[Sample]
) -> list[Future[list[Sample]]]:
    """Let processes alter as many lines of a real set as an epoch has."""
    rng = np.random.default_rng([recipe.random_state, epoch, len(found)])
    large, small = recipe.repeats
    times = small if len(found) < _SMALL else large
    chosen = rng.integers(len(found), size=round(times * len(found))).tolist()
    portions = [chosen[start : start + _PORTION] for start in range(0, len(chosen), _PORTION)]
    seeds = rng.integers(2**32, size=len(portions)).tolist()
    return [
        pool.submit(alter_all, [found[i] for i in portion], seed)
        for portion, seed in zip(portions, seeds, strict=True)
    ]


def alter_all(samples: Sequence[Sample], seed: int) -> list[Sample]:
    """Return real lines as they might have been, some of them beside another."""
    rng = np.random.default_rng(seed)
    in_pieces = [sample for sample in samples if len(sample.pieces) > 1]
    chosen = [
        splice(in_pieces, rng) if len(sample.pieces) > 1 and rng.random() < _SPLICED else sample
        for sample in samples
    ]
    altered = [alter(sample, rng) for sample in chosen]
    beside = rng.integers(len(altered), size=len(altered)).tolist()
    return [
        join(sample, altered[other], rng) if rng.random() < _JOINED else sample
        for sample, other in zip(altered, beside, strict=True)
    ]


def composed_samples(composed: Iterable[Future[Lines]], widest: int) -> list[Sample]:
    """Wait for composed lines, and return those of at most so many pixels."""
    samples = as_samples(join_lines(future.result() for future in composed))
    return [sample for sample in samples if sample.image.shape[1] <= widest]


def as_samples(lines: Lines) -> list[Sample]:
    """Return composed lines as samples, whose labels are beyond doubt."""
    return [Sample(image, text) for image, text in zip(lines.images, lines.texts, strict=True)]


def alter(sample: Sample, rng: np.random.Generator) -> Sample:
    """Return a real line as it might have been.

    Larger, wider, leaning, unevenly stretched, of a thicker or thinner pen, fainter, noisier.
    """
    image = _repenned(sample.image, rng)
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
    uneven = _restretched(np.asarray(moved, np.uint8), rng)
    if rng.random() < 0.3:
        uneven = np.asarray(cv2.GaussianBlur(uneven, (0, 0), rng.uniform(0.3, 1.0)), np.uint8)
    grain = rng.normal(0, rng.uniform(0, 10), uneven.shape)
    seen = (uneven * rng.uniform(0.7, 1.3) + grain).clip(0, 255).astype(np.uint8)
    return Sample(seen, sample.text, sample.has_signs, sample.is_doubtful)


def _repenned(image: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Mix a line with itself as a thicker or a thinner pen would have written it."""
    kind = rng.random()
    if kind > 0.5:
        return image
    change = cv2.dilate if kind < 0.25 else cv2.erode
    share = rng.uniform(0.2, 0.8)
    other = change(image, np.ones((2, 2) if rng.random() < 0.5 else (3, 3), np.uint8))
    return np.asarray(cv2.addWeighted(image, 1 - share, other, share, 0), np.uint8)


def _restretched(image: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Shift pixels smoothly, up to about two, by other amounts here and there."""
    height, width = image.shape
    grid = (2, max(2, round(width / 25)))
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    for axis, size in ((x, 1.2), (y, 1.0)):
        coarse = rng.normal(0, size, grid).astype(np.float32)
        axis += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.remap(image, x, y, cv2.INTER_LINEAR), np.uint8)


def splice(lines: Sequence[Sample], rng: np.random.Generator) -> Sample:
    """Put a line together from pieces of two: what people write, but numbers nobody wrote."""
    one, other = (lines[int(i)] for i in rng.integers(len(lines), size=2))
    pieces = [*one.pieces, *other.pieces]
    n = int(rng.integers(min(3, len(pieces)), min(8, len(pieces)) + 1))
    chosen = [pieces[i] for i in rng.permutation(len(pieces))[:n]]
    image = np.concatenate([piece.image for piece in chosen], axis=1)
    return Sample(image, "".join(p.text for p in chosen), one.has_signs, one.is_doubtful)


def join(one: Sample, other: Sample, rng: np.random.Generator) -> Sample:
    """Return two real lines as one; what stood between two cells of a table is between them."""
    gap = np.zeros((HEIGHT, int(rng.integers(0, 8))), np.uint8)
    image = np.concatenate([one.image, gap, other.image], axis=1)
    mark = " " if one.has_signs and one.text and other.text else ""
    doubtful = one.is_doubtful or other.is_doubtful
    return Sample(image, one.text + mark + other.text, one.has_signs, doubtful)


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
