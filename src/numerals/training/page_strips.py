"""Strips to learn from, found and cut out as the reader finds and cuts them.

They are of composed pages, whose texts are known, and of real pages with labelled lines. What
the page model takes for a number though none stands there is a strip without text.
"""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.data.line_data_sets import is_page_held_out
from numerals.images import load_picture
from numerals.ink.frame import LineFrame
from numerals.ink.page_ink import PageInk
from numerals.ink.working import WORKING_SIDE
from numerals.models.page_model import PageModel, load_page_model
from numerals.page.find import find_numbers
from numerals.page.view import in_color
from numerals.reading.frames import cut_strip
from numerals.synthesis.number_texts import OPERATORS, SIGNS
from numerals.synthesis.page_camera import SAMPLE_SIDE, PageSample
from numerals.synthesis.page_canvas import GROUND, MARK, Quad
from numerals.synthesis.page_samples import draw_composed
from numerals.synthesis.real_pages import load_real_pages
from numerals.training.held_out_digits import load_training_digits
from numerals.training.line_pools import Sample as Line
from numerals.training.line_pools import split_writers
from numerals.training.line_recipes import LineRecipe
from numerals.training.page_shards import find_data_folder, make_material

_Rng = np.random.Generator
_CHARACTERS = frozenset("0123456789" + SIGNS + OPERATORS)
_SAME = 0.5  # intersection over union of what was found and what stands there
_APART = 0.05  # share of what was found that may lie on a number which it is not
_NO_WRITING = 0.1  # share of the ink that was found that may be writing, if it is read as nothing
_MIN_HEIGHT = 8.0  # pixels: smaller numbers are not legible
_PAGES = 100  # pages that a process composes at a time
_MAX_WIDTH = 800  # pixels of a strip
_MISSED = 0.5  # share of the numbers that were not found of which a strip is cut all the same
_WITHIN = 0.6  # share of what was found that lies within the polygon of its label
_WIDE = 0.5  # times the width of that polygon: what is narrower is a part of the number


@dataclass(frozen=True, eq=False)
class _Found:
    """A line that was found, where it lies in the picture as given."""

    frame: LineFrame
    quad: Quad


@dataclass(frozen=True, eq=False)
class PageStrips:
    """Strips to learn from, of real and of composed pages, and those of real pages held out."""

    real: list[Line]
    composed: list[Line]
    held_out: list[Line]


def strips_of_pages(pool: Executor, recipe: LineRecipe, folder: Path) -> PageStrips:
    """Return strips of pages; they are kept in a folder for the next time."""
    folder.mkdir(parents=True, exist_ok=True)
    real, held_out = folder / "real.npz", folder / "held-out.npz"
    composed = [folder / f"composed-{i}.npz" for i in range(-(-recipe.pages // _PAGES))]
    tasks = [
        pool.submit(_save_labelled, path, held_out=path is held_out)
        for path in (real, held_out)
        if not path.exists()
    ]
    tasks += [
        pool.submit(_save_composed, path, recipe, i)
        for i, path in enumerate(composed)
        if not path.exists()
    ]
    for task in tasks:
        task.result()
    return PageStrips(
        load_strips(real),
        [line for path in composed for line in load_strips(path)],
        load_strips(held_out),
    )


def _save_labelled(path: Path, *, held_out: bool) -> None:
    pages = load_real_pages(find_data_folder() / "training-pages").with_numbers
    chosen = [page.path for page in pages if is_page_held_out(page.path.name) == held_out]
    model = load_page_model()
    save_strips([line for page in chosen for line in cut_labelled(page, model)], path)


def _save_composed(path: Path, recipe: LineRecipe, number: int) -> None:
    rng = np.random.default_rng([recipe.random_state, number])
    digits = split_writers(load_training_digits(recipe.data), recipe, "train")
    material, model = make_material(rng, digits), load_page_model()
    samples = (draw_composed(rng, material) for _ in range(_PAGES))
    save_strips([line for sample in samples for line in cut_composed(sample, model, rng)], path)


def cut_composed(sample: PageSample, model: PageModel, rng: _Rng) -> Iterator[Line]:
    """Yield the strips of a composed page: numbers, some that were missed, and what is none."""
    ink = find_numbers(model, sample.image, turn=0)
    found = _found(ink)
    remaining = set(range(len(sample.written)))
    for line in found:
        overlaps = [_intersection(line.quad, quad) for quad in sample.written]
        area = _area(line.quad)
        best = int(np.argmax(overlaps)) if overlaps else -1
        touched = [i for i, o in enumerate(overlaps) if o > _APART * area]
        remaining -= set(touched)
        if not touched:
            if _is_nothing(sample, line.quad):
                yield from _cut(ink, line.frame, "")
        elif touched == [best] and _is_same(line.quad, sample.written[best], overlaps[best]):
            if _is_legible(sample.written[best], sample.texts[best]):
                yield from _cut(ink, line.frame, sample.texts[best])
    for i in sorted(remaining):
        if _is_legible(sample.written[i], sample.texts[i]) and rng.random() < _MISSED:
            yield from _cut(ink, _near(_to_working(sample.written[i], ink), rng), sample.texts[i])


def cut_labelled(picture: Path, model: PageModel) -> Iterator[Line]:
    """Yield the strips of a real page: of each labelled number that was found."""
    label = json.loads(picture.with_suffix(".json").read_text(encoding="utf-8"))
    pixels = in_color(load_picture(picture, max_side=WORKING_SIDE, color=True).pixels)
    scale = pixels.shape[1] / label["width"]
    lines = [line for line in label["lines"] if "polygon" in line]
    polygons = [np.asarray(line["polygon"], np.float32) * np.float32(scale) for line in lines]
    ink = find_numbers(model, pixels)
    for i, found in _match(_found(ink), polygons, pixels.shape).items():
        text = lines[i]["text"].strip()
        is_number = lines[i].get("numeric") and any(c.isdigit() for c in text)
        if is_number and set(text) <= _CHARACTERS:
            for cut in _cut(ink, found.frame, text):
                yield Line(cut.image, text, has_signs=True, is_doubtful=True)


def _match(
    found: Sequence[_Found], polygons: Sequence[npt.NDArray[np.float32]], shape: tuple[int, ...]
) -> dict[int, _Found]:
    """Return the only line found in each labelled polygon, if it is about as wide.

    Polygons are areas of lines, not of ink: they take in rules and ends of the lines around.
    """
    labels = np.zeros(shape[:2], np.int32)
    for i, polygon in enumerate(polygons):
        cv2.fillPoly(labels, [polygon.round().astype(np.int32)], i + 1)
    within: dict[int, list[_Found]] = {}
    for line in found:
        low = np.maximum(line.quad.min(axis=0), 0).astype(int)
        high = line.quad.max(axis=0).astype(int) + 1
        window = labels[low[1] : high[1], low[0] : high[0]]
        mask = np.zeros(window.shape, np.uint8)
        if not mask.size:
            continue
        cv2.fillPoly(mask, [(line.quad - low).round().astype(np.int32)], 1)
        ids, counts = np.unique(window[mask > 0], return_counts=True)
        best = int(np.argmax(counts)) if counts.size else -1
        if best >= 0 and ids[best] > 0 and counts[best] > _WITHIN * counts.sum():
            within.setdefault(int(ids[best]) - 1, []).append(line)
    return {
        i: lines[0]
        for i, lines in within.items()
        if len(lines) == 1
        and float(np.ptp(lines[0].quad[:, 0])) > _WIDE * float(np.ptp(polygons[i][:, 0]))
    }


def save_strips(lines: Sequence[Line], path: Path) -> None:
    """Write strips to an .npz, whole or not at all."""
    partial = path.with_suffix(".partial.npz")
    np.savez(
        partial,
        pixels=np.concatenate([line.image for line in lines], axis=1),
        widths=np.array([line.image.shape[1] for line in lines], np.int32),
        texts=np.array([line.text for line in lines]),
        doubtful=np.array([line.is_doubtful for line in lines]),
    )
    partial.replace(path)


def load_strips(path: Path) -> list[Line]:
    """Read what `save_strips` wrote."""
    with np.load(path, allow_pickle=False) as file:
        images = np.split(file["pixels"], np.cumsum(file["widths"])[:-1], axis=1)
        texts, doubtful = file["texts"].tolist(), file["doubtful"].tolist()
    return [
        Line(np.ascontiguousarray(image), text, has_signs=True, is_doubtful=is_doubtful)
        for image, text, is_doubtful in zip(images, texts, doubtful, strict=True)
    ]


def _cut(ink: PageInk, frame: LineFrame, text: str) -> Iterator[Line]:
    strip = cut_strip(ink.gray, frame)
    if strip.shape[1] <= _MAX_WIDTH:
        yield Line(strip, text)


def _found(ink: PageInk) -> list[_Found]:
    frames = [line.frame for line in ink.lines if line.frame is not None]
    back = np.asarray(ink.back, np.float64)
    return [
        _Found(
            frame,
            np.asarray(cv2.perspectiveTransform(_corners(frame)[None], back)[0], np.float32),
        )
        for frame in frames
    ]


def _corners(frame: LineFrame) -> Quad:
    """Return the corners of a frame, without the room that it leaves at its ends."""
    rise, half = frame.slope * (frame.right - frame.left), frame.height / 2
    return np.array(
        [
            [frame.left, frame.middle - half],
            [frame.right, frame.middle + rise - half],
            [frame.right, frame.middle + rise + half],
            [frame.left, frame.middle + half],
        ],
        np.float32,
    )


def _to_working(quad: Quad, ink: PageInk) -> Quad:
    forth = np.linalg.inv(np.asarray(ink.back, np.float64))
    return np.asarray(cv2.perspectiveTransform(quad[None], forth)[0], np.float32)


def _near(quad: Quad, rng: _Rng) -> LineFrame:
    """Return about the frame that would have been found around a number."""
    left, right = (quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2
    height = float(np.linalg.norm(quad[3] - quad[0])) * float(np.exp(rng.normal(0, 0.08)))
    slope = float((right[1] - left[1]) / max(right[0] - left[0], 1.0))
    reach = rng.uniform(0.1, 0.35, 2) * height
    shift = rng.normal(0, 0.05) * height
    return LineFrame(
        float(left[0] - reach[0]),
        float(right[0] + reach[1]),
        float(left[1] - slope * reach[0] + shift),
        slope,
        height,
    )


def _is_same(found: Quad, quad: Quad, shared: float) -> bool:
    return shared > _SAME * (_area(found) + _area(quad) - shared)


def _is_legible(quad: Quad, text: str) -> bool:
    is_inside = quad.min() > 0 and quad.max() < SAMPLE_SIDE
    is_large = float(np.linalg.norm(quad[3] - quad[0])) > _MIN_HEIGHT
    return bool(text) and is_inside and is_large and set(text) <= _CHARACTERS


def _is_nothing(sample: PageSample, quad: Quad) -> bool:
    """Return whether no writing, print or unlabelled ink lies where something was found."""
    mask = np.zeros((SAMPLE_SIDE, SAMPLE_SIDE), np.uint8)
    cv2.fillPoly(mask, [quad.round().astype(np.int32)], 1)
    is_inside = mask > 0
    if not is_inside.any() or any(_intersection(quad, q) > 0 for q in sample.printed):
        return False
    is_known = ~(sample.unlabelled[is_inside] | sample.unlabelled_print[is_inside]).any()
    ink = sample.kinds[is_inside & (sample.kinds != GROUND)]
    return bool(is_known and ink.size and np.mean(ink != MARK) < _NO_WRITING)


def _intersection(one: Quad, other: Quad) -> float:
    if (one.max(axis=0) < other.min(axis=0)).any() or (other.max(axis=0) < one.min(axis=0)).any():
        return 0.0
    return float(cv2.intersectConvexConvex(one, other)[0])


def _area(quad: Quad) -> float:
    return float(abs(cv2.contourArea(quad)))
