"""Augmentation of real lines: distortion, splicing of segments, and joining of two lines."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from numerals.models.line_model import STRIP_HEIGHT
from numerals.training.line_samples import LineSample

JOINED_SHARE = 0.15
"""Share of the augmented lines to which another line is appended."""

SPLICED_SHARE = 0.5
"""Share of the lines with segments that are replaced by a spliced line."""

Span = tuple[float, float]
"""First and last x of a digit, pixels."""


def augment_lines(samples: Sequence[LineSample], seed: int) -> list[LineSample]:
    """Return augmented copies of real lines, some of them spliced or joined."""
    rng = np.random.default_rng(seed)
    segmented = [sample for sample in samples if len(sample.segments) > 1]
    chosen = [
        splice_lines(segmented, rng)
        if len(sample.segments) > 1 and rng.random() < SPLICED_SHARE
        else sample
        for sample in samples
    ]
    augmented = [augment_line(sample, rng) for sample in chosen]
    others = rng.integers(len(augmented), size=len(augmented)).tolist()
    return [
        join_samples(sample, augmented[other], rng) if rng.random() < JOINED_SHARE else sample
        for sample, other in zip(augmented, others, strict=True)
    ]


def augment_line(sample: LineSample, rng: np.random.Generator) -> LineSample:
    """Return a copy of a real line with other pen width, geometry, contrast and noise.

    Parameters
    ----------
    sample : LineSample
    rng : Generator

    Returns
    -------
    LineSample
        With the same text and labels, without segments.
    """
    image = _change_pen_width(sample.image, rng)
    image = _warp_elastically(_warp_affinely(image, rng), rng)
    if rng.random() < 0.3:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 1.0)), np.uint8)
    noise = rng.normal(0, rng.uniform(0, 10), image.shape)
    image = (image * rng.uniform(0.7, 1.3) + noise).clip(0, 255).astype(np.uint8)
    return LineSample(image, sample.text, sample.has_signs, sample.is_doubtful)


def _change_pen_width(
    image: npt.NDArray[np.uint8], rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Blend half of the images with a dilated or an eroded copy."""
    kind = rng.random()
    if kind > 0.5:
        return image
    operation = cv2.dilate if kind < 0.25 else cv2.erode
    share = rng.uniform(0.2, 0.8)
    changed = operation(image, np.ones((2, 2) if rng.random() < 0.5 else (3, 3), np.uint8))
    return np.asarray(cv2.addWeighted(image, 1 - share, changed, share, 0), np.uint8)


def _warp_affinely(image: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Scale, shear, rotate slightly and shift a line vertically about its center."""
    scale_y = float(np.exp(rng.normal(0, 0.1)))
    scale_x, shear = scale_y * float(np.exp(rng.normal(0, 0.08))), float(rng.normal(0, 0.1))
    center_y = STRIP_HEIGHT / 2
    matrix = np.array(
        [
            [scale_x, shear, -shear * center_y],
            [rng.normal(0, 0.01), scale_y, center_y * (1 - scale_y) + rng.normal(0, 1.5)],
        ]
    )
    width = max(STRIP_HEIGHT // 2, round(image.shape[1] * scale_x) + 4)
    return np.asarray(cv2.warpAffine(image, matrix, (width, STRIP_HEIGHT)), np.uint8)


def _warp_elastically(
    image: npt.NDArray[np.uint8], rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Shift pixels by a smooth random field with a standard deviation of about a pixel."""
    height, width = image.shape
    grid = (2, max(2, round(width / 25)))
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    for coordinates, deviation in ((x, 1.2), (y, 1.0)):
        coarse = rng.normal(0, deviation, grid).astype(np.float32)
        coordinates += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.remap(image, x, y, cv2.INTER_LINEAR), np.uint8)


def cut_between_digits(
    image: npt.NDArray[np.uint8], text: str, spans: Sequence[Span]
) -> tuple[LineSample, ...]:
    """Cut a line at the centers of the gaps between its digits.

    Parameters
    ----------
    image : ndarray of uint8, shape (40, n_columns)
    text : str
    spans : sequence of (float, float)
        Span of each digit, pixels, from left to right.

    Returns
    -------
    tuple of LineSample
        Digits whose spans overlap stay in one segment. Empty if `spans` does not have one span for
        each character.
    """
    if len(spans) != len(text):
        return ()
    gaps = [(left[1], right[0]) for left, right in pairwise(spans)]
    cuts = [i + 1 for i, (end, start) in enumerate(gaps) if start >= end]
    columns = [round(sum(gaps[i - 1]) / 2) for i in cuts]
    images = np.split(image, columns, axis=1)
    bounds = pairwise([0, *cuts, len(text)])
    return tuple(
        LineSample(segment, text[first:stop], has_signs=False, is_doubtful=True)
        for segment, (first, stop) in zip(images, bounds, strict=True)
    )


def splice_lines(lines: Sequence[LineSample], rng: np.random.Generator) -> LineSample:
    """Return a new line of three to eight segments of two random lines, in random order."""
    one, other = (lines[int(i)] for i in rng.integers(len(lines), size=2))
    segments = [*one.segments, *other.segments]
    n = int(rng.integers(min(3, len(segments)), min(8, len(segments)) + 1))
    chosen = [segments[i] for i in rng.permutation(len(segments))[:n]]
    image = np.concatenate([segment.image for segment in chosen], axis=1)
    text = "".join(segment.text for segment in chosen)
    return LineSample(image, text, one.has_signs, one.is_doubtful)


def join_samples(one: LineSample, other: LineSample, rng: np.random.Generator) -> LineSample:
    """Return two lines side by side, as two cells of a table without the rule between them."""
    gap = np.zeros((STRIP_HEIGHT, int(rng.integers(0, 8))), np.uint8)
    image = np.concatenate([one.image, gap, other.image], axis=1)
    space = " " if one.has_signs and one.text and other.text else ""
    is_doubtful = one.is_doubtful or other.is_doubtful
    return LineSample(image, one.text + space + other.text, one.has_signs, is_doubtful)
