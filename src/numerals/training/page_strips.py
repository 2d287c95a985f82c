"""Training strips of pages, detected and cut as the reader detects and cuts them.

Composed pages have known texts; real pages have labelled lines. A strip has an empty text if the
page model detects a number where there is none.
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
from numerals.files import atomic_file
from numerals.images import load_picture
from numerals.ink.line_frame import LineFrame
from numerals.ink.page_ink import PageInk
from numerals.ink.working_copy import WORKING_SIDE
from numerals.models.page_model import PageModel, load_page_model
from numerals.page.grayscale import to_rgb
from numerals.page.number_detection import find_numbers
from numerals.reading.frame_voting import cut_strip
from numerals.synthesis.number_texts import OPERATORS, SIGNS
from numerals.synthesis.page_camera import SAMPLE_SIDE, PageSample
from numerals.synthesis.page_canvas import GROUND, MARK, Quad
from numerals.synthesis.page_samples import compose_page_sample
from numerals.synthesis.real_pages import load_real_pages
from numerals.training.held_out_digits import load_training_digits
from numerals.training.line_pools import split_writers
from numerals.training.line_recipes import LineRecipe
from numerals.training.line_samples import LineSample
from numerals.training.page_shards import find_data_folder, make_page_material

_Rng = np.random.Generator
_CHARACTERS = frozenset("0123456789" + SIGNS + OPERATORS)
_PAGES_PER_FILE = 100  # composed pages that a worker composes at a time
_MAX_WIDTH = 800  # pixels of a strip

# Matching of detected lines with the numbers of a composed page.
_MIN_IOU = 0.5  # intersection over union of a detected line and its number
_MAX_FOREIGN_SHARE = 0.05  # share of a detected line's area that may be on another number
_MAX_WRITING_SHARE = 0.1  # share of writing in the ink of a strip with an empty text
_MIN_HEIGHT = 8.0  # pixels: smaller numbers are illegible
_MISSED_SHARE = 0.5  # share of the undetected numbers of which a strip is cut nevertheless

# Matching of detected lines with the labelled polygons of a real page.
_MIN_SHARE_IN_POLYGON = 0.6  # share of a detected line's area within the polygon
_MIN_WIDTH_SHARE = 0.5  # polygon widths: narrower lines are parts of the number


@dataclass(frozen=True, eq=False)
class _DetectedLine:
    """A detected line.

    Attributes
    ----------
    frame : LineFrame
        In the working image.
    quad : Quad
        Corners in the original picture, pixels.
    """

    frame: LineFrame
    quad: Quad


@dataclass(frozen=True, eq=False)
class PageStrips:
    """Strips of pages.

    Attributes
    ----------
    real, composed : list of LineSample
        Strips to train on, of real and of composed pages.
    held_out : list of LineSample
        Strips of held-out real pages.
    """

    real: list[LineSample]
    composed: list[LineSample]
    held_out: list[LineSample]


def strips_of_pages(pool: Executor, recipe: LineRecipe, folder: Path) -> PageStrips:
    """Return the strips of pages, cut in worker processes and cached on disk.

    Parameters
    ----------
    pool : Executor
        Worker processes.
    recipe : LineRecipe
    folder : Path
        Directory of the cached strips.
    """
    folder.mkdir(parents=True, exist_ok=True)
    real, held_out = folder / "real.npz", folder / "held-out.npz"
    n_files = -(-recipe.n_pages // _PAGES_PER_FILE)
    composed = [folder / f"composed-{i}.npz" for i in range(n_files)]
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
        [strip for path in composed for strip in load_strips(path)],
        load_strips(held_out),
    )


def _save_labelled(path: Path, *, held_out: bool) -> None:
    pages = load_real_pages(find_data_folder() / "training-pages").with_numbers
    chosen = [page.path for page in pages if is_page_held_out(page.path.name) == held_out]
    model = load_page_model()
    save_strips([strip for page in chosen for strip in cut_labelled(page, model)], path)


def _save_composed(path: Path, recipe: LineRecipe, number: int) -> None:
    rng = np.random.default_rng([recipe.random_state, number])
    digits = split_writers(load_training_digits(recipe.data), recipe, "train")
    material, model = make_page_material(rng, digits), load_page_model()
    samples = (compose_page_sample(rng, material) for _ in range(_PAGES_PER_FILE))
    save_strips([strip for sample in samples for strip in cut_composed(sample, model, rng)], path)


def cut_composed(sample: PageSample, model: PageModel, rng: _Rng) -> Iterator[LineSample]:
    """Yield strips of a composed page.

    These are numbers, some undetected numbers, and detected lines without a number.
    """
    ink = find_numbers(model, sample.image, turn=0)
    undetected = set(range(len(sample.written)))
    for line in _detected_lines(ink):
        overlaps = [_intersection(line.quad, quad) for quad in sample.written]
        area = _area(line.quad)
        best = int(np.argmax(overlaps)) if overlaps else -1
        touched = [i for i, o in enumerate(overlaps) if o > _MAX_FOREIGN_SHARE * area]
        undetected -= set(touched)
        if not touched:
            if _is_without_number(sample, line.quad):
                yield from _cut(ink, line.frame, "")
        elif touched == [best] and _is_same(line.quad, sample.written[best], overlaps[best]):
            if _is_legible(sample.written[best], sample.texts[best]):
                yield from _cut(ink, line.frame, sample.texts[best])
    for i in sorted(undetected):
        if _is_legible(sample.written[i], sample.texts[i]) and rng.random() < _MISSED_SHARE:
            frame = _random_frame(_to_working(sample.written[i], ink), rng)
            yield from _cut(ink, frame, sample.texts[i])


def cut_labelled(picture: Path, model: PageModel) -> Iterator[LineSample]:
    """Yield a strip of each labelled number of a real page that is detected.

    Parameters
    ----------
    picture : Path
        The page; its labels are in a JSON file of the same name.
    model : PageModel
    """
    label = json.loads(picture.with_suffix(".json").read_text(encoding="utf-8"))
    pixels = to_rgb(load_picture(picture, max_side=WORKING_SIDE, color=True).pixels)
    scale = pixels.shape[1] / label["width"]
    lines = [line for line in label["lines"] if "polygon" in line]
    polygons = [np.asarray(line["polygon"], np.float32) * np.float32(scale) for line in lines]
    ink = find_numbers(model, pixels)
    for i, detected in _match(_detected_lines(ink), polygons, pixels.shape).items():
        text = lines[i]["text"].strip()
        is_number = lines[i].get("numeric") and any(c.isdigit() for c in text)
        if is_number and set(text) <= _CHARACTERS:
            for strip in _cut(ink, detected.frame, text):
                yield LineSample(strip.image, text, has_signs=True, is_doubtful=True)


def _match(
    detected: Sequence[_DetectedLine],
    polygons: Sequence[npt.NDArray[np.float32]],
    shape: tuple[int, ...],
) -> dict[int, _DetectedLine]:
    """Return the detected line of each polygon, if there is only one and it is wide enough.

    Polygons are areas of lines, not of ink: they include rules and ends of neighboring lines.
    """
    labels = np.zeros(shape[:2], np.int32)
    for i, polygon in enumerate(polygons):
        cv2.fillPoly(labels, [polygon.round().astype(np.int32)], i + 1)
    lines_of_polygon: dict[int, list[_DetectedLine]] = {}
    for line in detected:
        polygon_index = _polygon_of(line, labels)
        if polygon_index is not None:
            lines_of_polygon.setdefault(polygon_index, []).append(line)
    return {
        i: lines[0]
        for i, lines in lines_of_polygon.items()
        if len(lines) == 1
        and float(np.ptp(lines[0].quad[:, 0])) > _MIN_WIDTH_SHARE * float(np.ptp(polygons[i][:, 0]))
    }


def _polygon_of(line: _DetectedLine, labels: npt.NDArray[np.int32]) -> int | None:
    """Return the index of the polygon that contains most of a line's area; None if none does.

    `labels` contains the index of the polygon of each pixel plus 1, and 0 elsewhere.
    """
    low = np.maximum(line.quad.min(axis=0), 0).astype(int)
    high = line.quad.max(axis=0).astype(int) + 1
    window = labels[low[1] : high[1], low[0] : high[0]]
    mask = np.zeros(window.shape, np.uint8)
    if not mask.size:
        return None
    cv2.fillPoly(mask, [(line.quad - low).round().astype(np.int32)], 1)
    ids, counts = np.unique(window[mask > 0], return_counts=True)
    best = int(np.argmax(counts)) if counts.size else -1
    if best < 0 or ids[best] == 0 or counts[best] <= _MIN_SHARE_IN_POLYGON * counts.sum():
        return None
    return int(ids[best]) - 1


def save_strips(strips: Sequence[LineSample], path: Path) -> None:
    """Write strips to an ``.npz`` file, atomically."""
    with atomic_file(path) as partial:
        np.savez(
            partial,
            pixels=np.concatenate([strip.image for strip in strips], axis=1),
            widths=np.array([strip.image.shape[1] for strip in strips], np.int32),
            texts=np.array([strip.text for strip in strips]),
            doubtful=np.array([strip.is_doubtful for strip in strips]),
        )


def load_strips(path: Path) -> list[LineSample]:
    """Load the strips of a file that `save_strips` wrote."""
    with np.load(path, allow_pickle=False) as file:
        images = np.split(file["pixels"], np.cumsum(file["widths"])[:-1], axis=1)
        texts, doubtful = file["texts"].tolist(), file["doubtful"].tolist()
    return [
        LineSample(np.ascontiguousarray(image), text, has_signs=True, is_doubtful=is_doubtful)
        for image, text, is_doubtful in zip(images, texts, doubtful, strict=True)
    ]


def _cut(ink: PageInk, frame: LineFrame, text: str) -> Iterator[LineSample]:
    """Yield the strip of a frame, unless it is too wide."""
    strip = cut_strip(ink.gray, frame)
    if strip.shape[1] <= _MAX_WIDTH:
        yield LineSample(strip, text)


def _detected_lines(ink: PageInk) -> list[_DetectedLine]:
    frames = [line.frame for line in ink.lines if line.frame is not None]
    to_original = np.asarray(ink.unturn_matrix, np.float64)
    return [
        _DetectedLine(
            frame,
            np.asarray(cv2.perspectiveTransform(_corners(frame)[None], to_original)[0], np.float32),
        )
        for frame in frames
    ]


def _corners(frame: LineFrame) -> Quad:
    """Return the corners of a frame, without the margins at its ends."""
    rise, half = frame.slope * (frame.right - frame.left), frame.height / 2
    return np.array(
        [
            [frame.left, frame.center_y - half],
            [frame.right, frame.center_y + rise - half],
            [frame.right, frame.center_y + rise + half],
            [frame.left, frame.center_y + half],
        ],
        np.float32,
    )


def _to_working(quad: Quad, ink: PageInk) -> Quad:
    """Transform corners from the original picture to the working image."""
    to_working = np.linalg.inv(np.asarray(ink.unturn_matrix, np.float64))
    return np.asarray(cv2.perspectiveTransform(quad[None], to_working)[0], np.float32)


def _random_frame(quad: Quad, rng: _Rng) -> LineFrame:
    """Return a frame around a number, with random deviations as of a detected line."""
    left, right = (quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2
    height = float(np.linalg.norm(quad[3] - quad[0])) * float(np.exp(rng.normal(0, 0.08)))
    slope = float((right[1] - left[1]) / max(right[0] - left[0], 1.0))
    margins = rng.uniform(0.1, 0.35, 2) * height
    shift = rng.normal(0, 0.05) * height
    return LineFrame(
        float(left[0] - margins[0]),
        float(right[0] + margins[1]),
        float(left[1] - slope * margins[0] + shift),
        slope,
        height,
    )


def _is_same(detected: Quad, quad: Quad, intersection: float) -> bool:
    return intersection > _MIN_IOU * (_area(detected) + _area(quad) - intersection)


def _is_legible(quad: Quad, text: str) -> bool:
    """Return whether a number is within the image, large enough, and of known characters."""
    is_inside = quad.min() > 0 and quad.max() < SAMPLE_SIDE
    is_large = float(np.linalg.norm(quad[3] - quad[0])) > _MIN_HEIGHT
    return bool(text) and is_inside and is_large and set(text) <= _CHARACTERS


def _is_without_number(sample: PageSample, quad: Quad) -> bool:
    """Return whether an area has ink, but no writing, print or unlabelled ink."""
    mask = np.zeros((SAMPLE_SIDE, SAMPLE_SIDE), np.uint8)
    cv2.fillPoly(mask, [quad.round().astype(np.int32)], 1)
    is_inside = mask > 0
    if not is_inside.any() or any(_intersection(quad, q) > 0 for q in sample.printed):
        return False
    is_labelled = ~(sample.unlabelled[is_inside] | sample.unlabelled_print[is_inside]).any()
    ink = sample.kinds[is_inside & (sample.kinds != GROUND)]
    return bool(is_labelled and ink.size and np.mean(ink != MARK) < _MAX_WRITING_SHARE)


def _intersection(one: Quad, other: Quad) -> float:
    """Return the area of the intersection of two convex quadrilaterals, square pixels."""
    if (one.max(axis=0) < other.min(axis=0)).any() or (other.max(axis=0) < one.min(axis=0)).any():
        return 0.0
    return float(cv2.intersectConvexConvex(one, other)[0])


def _area(quad: Quad) -> float:
    return float(abs(cv2.contourArea(quad)))
