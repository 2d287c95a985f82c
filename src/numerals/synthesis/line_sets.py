"""Sets of composed lines: compose them in parallel, write them to a file and read it."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.data.npz import read_arrays
from numerals.errors import DataError
from numerals.files import open_atomic
from numerals.models.line_model import STRIP_HEIGHT
from numerals.processes import spawn_pool
from numerals.records import Digits
from numerals.synthesis.digit_hands import Hand, make_font_hands, make_hands
from numerals.synthesis.line_composition import compose_distraction, compose_line

FONT_SHARE = 0.25
"""Share of the lines in a font's glyphs, which have European ones and sevens and barred zeros."""

PORTION = 250
"""Lines that a process composes at a time."""


@dataclass(frozen=True, eq=False)
class Lines:
    """Line images with their texts.

    Attributes
    ----------
    images : tuple of ndarray of uint8, shape (40, n_columns)
        Ink bright on dark.
    texts : tuple of str
    """

    images: tuple[npt.NDArray[np.uint8], ...]
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)


class LineComposer:
    """Composer of lines from the digits of a data set.

    A line depends only on the parameters and on its number.

    Parameters
    ----------
    digits : Digits
        28x28. Where `writers` are known, all digits of a line are of one writer.
    random_state : int, default=0
    fonts : sequence of int, optional
        Numbers of the handwriting fonts that write a quarter of the lines. By default all fonts
        for Latin digits, none for others.
    text : str, optional
        Text of every line; by default random numbers.
    touching, overlapping : float in [0, 1], default=0.25, 0.12
        Share of the lines with touching digits, and of those with overlapping digits.
    european : float in [0, 1], default=0.3
        Share of the lines of MNIST's writers whose ones get an upstroke and whose sevens a bar.
    distractions : float in [0, 1], default=0
        Share of the lines that hold a word, or a word beside a number, in a font's glyphs.
    wear : float in [0, 1], default=1
        Strength of the defects of paper, pen and camera; at 0 dark ink on clean paper, well
        scanned.
    clean : float in [0, 1], default=0
        Share of the lines with wear 0 and less variation: a third of them shows digits exactly as
        the data set has them.
    operators : float in [0, 1], default=0
        Share of the lines with sums, currencies and the like.
    rejects : bool, default=False
        Whether the label of a distraction has a `REJECT` for each letter.

    Raises
    ------
    DataError
        If the digits are not 28x28, or no writer wrote all classes.
    """

    def __init__(
        self,
        digits: Digits,
        *,
        random_state: int = 0,
        fonts: Sequence[int] | None = None,
        text: str | None = None,
        touching: float = 0.25,
        overlapping: float = 0.12,
        european: float = 0.3,
        distractions: float = 0.0,
        wear: float = 1.0,
        clean: float = 0.0,
        operators: float = 0.0,
        rejects: bool = False,
    ) -> None:
        self.hands: list[Hand] = make_hands(digits)
        self.fonts = make_font_hands(fonts) if digits.script == "latin" and fonts != () else []
        self.random_state, self.text = random_state, text
        self.touching, self.overlapping, self.european = touching, overlapping, european
        self.distractions, self.wear, self.clean = distractions, wear, clean
        self.operators, self.rejects = operators, rejects
        pairs = zip("0123456789", digits.classes, strict=True)
        self._translation = {ord(digit): character for digit, character in pairs}

    def compose(self, first: int, count: int) -> Lines:
        """Compose `count` lines from number `first` on, in this process."""
        pairs = [self._compose_one(i) for i in range(first, first + count)]
        return Lines(tuple(image for image, _ in pairs), tuple(text for _, text in pairs))

    def compose_parallel(self, count: int, *, n_jobs: int | None = None) -> Iterator[Lines]:
        """Yield the first `count` lines in portions, in order, composed in parallel.

        Parameters
        ----------
        count : int
        n_jobs : int, optional
            Number of processes; by default the number of cores.
        """
        jobs = n_jobs or os.cpu_count() or 1
        starts = range(0, count, PORTION)
        if jobs == 1 or len(starts) == 1:
            for start in starts:
                yield self.compose(start, min(PORTION, count - start))
            return
        with spawn_pool(jobs, _use_one_thread) as pool:
            futures = [
                pool.submit(self.compose, start, min(PORTION, count - start)) for start in starts
            ]
            for future in futures:
                yield future.result()

    def _compose_one(self, number: int) -> tuple[npt.NDArray[np.uint8], str]:
        rng = np.random.default_rng([self.random_state, number])
        if self.fonts and rng.random() < self.distractions:
            return compose_distraction(
                self.fonts, rng, translation=self._translation, rejects=self.rejects
            )
        hands = self.fonts if self.fonts and rng.random() < FONT_SHARE else self.hands
        is_clean = self.clean > 0 and rng.random() < self.clean
        return compose_line(
            hands,
            rng,
            self.text,
            translation=self._translation,
            touching=self.touching,
            overlapping=self.overlapping,
            european=self.european,
            wear=0.0 if is_clean else self.wear,
            variation=max(0.0, float(rng.uniform(-0.5, 1))) if is_clean else 1.0,
            operators=self.operators,
        )


def _use_one_thread() -> None:
    cv2.setNumThreads(1)


def join_lines(portions: Iterable[Lines]) -> Lines:
    """Concatenate sets of lines."""
    images: list[npt.NDArray[np.uint8]] = []
    texts: list[str] = []
    for portion in portions:
        images += portion.images
        texts += portion.texts
    return Lines(tuple(images), tuple(texts))


def write_line_set(lines: Lines, path: Path) -> None:
    """Write lines as ``.npz``: ``pixels`` side by side, the width of each line, and its text."""
    with open_atomic(path) as stream:
        np.savez_compressed(
            stream,
            pixels=np.concatenate(lines.images, axis=1),
            widths=np.array([image.shape[1] for image in lines.images]),
            texts=np.array(lines.texts),
        )


def read_line_set(path: Path) -> Lines:
    """Read a file that `write_line_set` wrote.

    Raises
    ------
    DataError
        If the file is not readable, lacks an array, or has arrays that do not match.
    """
    arrays = read_arrays(path)
    if missing := {"pixels", "widths", "texts"} - set(arrays):
        raise DataError(
            f"{path}: not a file of composed lines, it lacks {', '.join(sorted(missing))}; "
            "expected a file of numerals data compose"
        )
    pixels, widths, texts = arrays["pixels"], arrays["widths"], arrays["texts"]
    if pixels.shape != (STRIP_HEIGHT, int(widths.sum())) or len(widths) != len(texts):
        raise DataError(
            f"{path}: pixels of shape {pixels.shape} do not match {len(widths)} widths and "
            f"{len(texts)} texts; compose the lines again"
        )
    images = np.split(pixels, np.cumsum(widths)[:-1], axis=1)
    return Lines(tuple(images), tuple(str(text) for text in texts))
