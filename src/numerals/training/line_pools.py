"""Training lines of a line recipe: composed and real lines, prepared in worker processes."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future
from functools import cache
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import numpy.typing as npt

from numerals.data.line_data_sets import LINE_DATA_SETS, load_digit_spans, load_line_texts
from numerals.images import load_picture
from numerals.ink import find_field_ink
from numerals.ink.line_image import fit_line_frame, to_line_image
from numerals.ink.working_copy import WORKING_SIDE
from numerals.models.line_model import STRIP_HEIGHT
from numerals.records import Digits
from numerals.synthesis.line_sets import LineComposer, Lines, join_lines
from numerals.training.held_out_digits import (
    WRITER_SEED,
    hold_out,
    load_training_digits,
)
from numerals.training.line_augmentation import Span, augment_lines, cut_between_digits
from numerals.training.line_recipes import LineRecipe
from numerals.training.line_samples import LineSample, as_samples

_LINES_PER_TASK = 2000  # lines that a worker prepares at a time
_MAX_SMALL_SET = 2000  # lines: smaller sets are repeated more often, see `real_repeats`
_N_FONTS = 59  # fonts of `load_font_glyphs`
_VALIDATION_SEED = 1_000_003  # added to the seed of composed validation lines


def lower_worker_priority() -> None:
    """Initialize a worker process: low priority, one OpenCV thread, ends with its parent.

    PyTorch's threads wait for each other, so training must have priority where both need a core.
    """
    cv2.setNumThreads(1)
    if hasattr(os, "nice"):
        os.nice(10)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent has ended, even if the parent was killed."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def split_writers(digits: Digits, recipe: LineRecipe, part: str) -> Digits:
    """Return the digits of the training or of the held-out writers.

    Parameters
    ----------
    digits : Digits
        If their writers are not known, one digit in twenty is held out.
    recipe : LineRecipe
    part : {"train", "validation"}
    """
    if digits.writers is None:
        held_out = hold_out(digits, len(digits) // 20)
    else:
        writers = np.random.default_rng(WRITER_SEED).permutation(np.unique(digits.writers))
        held_out = np.isin(digits.writers, writers[: recipe.n_held_out_writers])
    return digits[~held_out if part == "train" else held_out]


def compose_lines(recipe: LineRecipe, part: str, first: int, count: int) -> Lines:
    """Compose lines of the writers and fonts of a part.

    Parameters
    ----------
    recipe : LineRecipe
    part : {"train", "validation"}
    first : int
        Number of the first line; a line depends only on its number, the part and the recipe.
    count : int
        Number of lines.
    """
    return _composer(recipe, part).compose(first, count)


@cache
def _composer(recipe: LineRecipe, part: str) -> LineComposer:
    fonts, n_held_out = range(_N_FONTS), recipe.n_held_out_fonts
    is_train = part == "train"
    return LineComposer(
        split_writers(load_training_digits(recipe.data), recipe, part),
        random_state=recipe.random_state + (0 if is_train else _VALIDATION_SEED),
        fonts=fonts[n_held_out:] if is_train else fonts[:n_held_out],
        touching=recipe.touching_share,
        distractions=recipe.distraction_share,
        clean=recipe.clean_share,
        operators=recipe.operator_share,
        rejects=recipe.rejects_letters,
    )


def submit_composition(pool: Executor, recipe: LineRecipe, epoch: int) -> list[Future[Lines]]:
    """Submit the composition of an epoch's training lines to worker processes."""
    first, stop = epoch * recipe.n_composed, (epoch + 1) * recipe.n_composed
    return [
        pool.submit(compose_lines, recipe, "train", start, min(_LINES_PER_TASK, stop - start))
        for start in range(first, stop, _LINES_PER_TASK)
    ]


def collect_composed(futures: Iterable[Future[Lines]], max_width: int) -> list[LineSample]:
    """Wait for composed lines; return those of at most `max_width` pixels."""
    return as_samples(join_lines(future.result() for future in futures), max_width)


def load_real_lines(pool: Executor, name: str, split: str) -> list[LineSample]:
    """Load a set of real lines, as the reader would see them.

    Parameters
    ----------
    pool : Executor
        Worker processes.
    name : str
        A name in `LINE_DATA_SETS`.
    split : {"train", "validation"}
    """
    kind, spans_of_stem = LINE_DATA_SETS[name], load_digit_spans(name)
    paths, texts = zip(*load_line_texts(name, split), strict=True)
    spans_of_path = [spans_of_stem.get(path.stem, []) for path in paths]
    loaded = pool.map(_load_line_and_spans, paths, spans_of_path, chunksize=50)
    return [
        LineSample(
            image,
            text,
            kind.has_signs,
            kind.label_error_rate > 0,
            cut_between_digits(image, text, spans),
        )
        for (image, spans), text in zip(loaded, texts, strict=True)
    ]


def load_line_image(path: Path) -> npt.NDArray[np.uint8]:
    """Return the line of a picture, uint8 of shape (40, n_columns); blank if it has no ink."""
    return _load_line_and_spans(path, ())[0]


def _load_line_and_spans(
    path: Path, spans: Sequence[Span]
) -> tuple[npt.NDArray[np.uint8], Sequence[Span]]:
    """Return the line of a picture, and spans of the picture converted to the line's pixels."""
    ink = find_field_ink(load_picture(path, max_side=WORKING_SIDE).pixels)
    if not ink.lines:
        return np.zeros((STRIP_HEIGHT, STRIP_HEIGHT), np.uint8), ()
    frame = fit_line_frame(ink.lines[0], ink.gray.shape[1])
    scale, _, shift = frame.to_line()[0]
    spans_of_line = [
        (left / ink.scale * scale + shift, right / ink.scale * scale + shift)
        for left, right in spans
    ]
    return to_line_image(ink.gray, frame, extend_edges=True), spans_of_line


def submit_augmentation(
    pool: Executor, recipe: LineRecipe, epoch: int, samples: Sequence[LineSample]
) -> list[Future[list[LineSample]]]:
    """Submit the augmentation of a set of real lines for an epoch to worker processes."""
    rng = np.random.default_rng([recipe.random_state, epoch, len(samples)])
    large, small = recipe.real_repeats
    repeats = small if len(samples) < _MAX_SMALL_SET else large
    chosen = rng.integers(len(samples), size=round(repeats * len(samples))).tolist()
    tasks = [
        chosen[start : start + _LINES_PER_TASK] for start in range(0, len(chosen), _LINES_PER_TASK)
    ]
    seeds = rng.integers(2**32, size=len(tasks)).tolist()
    return [
        pool.submit(augment_lines, [samples[i] for i in task], seed)
        for task, seed in zip(tasks, seeds, strict=True)
    ]
