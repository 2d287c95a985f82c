"""Fit the weights of `numerals.reading.page_confidence`.

    NUMERALS_DATA=... python tools/fit_page_confidence.py [--composed N] [--save FILE]

Reads the labelled pages of ``training-pages`` that were held out from the line models, pages
without numbers, and composed pages of held-out writers. A number is correct if its digits equal
those of the label at its position. A number on a label without digits, or beside all numbers of a
composed page, is wrong. The weights are fitted on one half of the pages and evaluated on the other;
the final weights are fitted on both.
"""

import argparse
import json
import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.data.line_data_sets import is_page_held_out
from numerals.ink.line_image import fit_line_frame
from numerals.ink.page_ink import PageInk
from numerals.models import line_model_path, load_line_model
from numerals.models.page_model import load_page_model
from numerals.page.number_detection import find_numbers
from numerals.page.number_layout import drop_printed_lines
from numerals.reading.frame_voting import cut_strip, read_in_frames
from numerals.reading.line_reader import collect_page_evidence
from numerals.synthesis.page_camera import PageSample
from numerals.synthesis.page_colors import read_rgb
from numerals.synthesis.page_samples import compose_page_sample
from numerals.synthesis.real_pages import RealPage, load_real_pages
from numerals.training.held_out_digits import load_training_digits
from numerals.training.line_pools import split_writers
from numerals.training.line_recipes import LINE_RECIPES
from numerals.training.page_shards import make_page_material

_L2 = 1e-3
_SEED = 77

_Polygon = npt.NDArray[np.float32]


@dataclass(frozen=True)
class _Row:
    features: npt.NDArray[np.float64]
    is_correct: bool
    page: int
    is_real: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--composed", type=int, default=250, help="number of composed pages")
    parser.add_argument("--without", type=int, default=40, help="number of pages without numbers")
    parser.add_argument("--save", type=Path, help="write features and labels to this .npz")
    options = parser.parse_args()
    rows = list(_read_real(options.without))
    rows += _read_composed(options.composed)
    features = np.array([row.features for row in rows])
    correct = np.array([row.is_correct for row in rows])
    page, real = (np.array([getattr(row, name) for row in rows]) for name in ("page", "is_real"))
    if options.save:
        np.savez(options.save, features=features, correct=correct, page=page, real=real)
    is_fitted = page % 2 == 0
    print(f"{len(rows)} numbers on {len(set(page))} pages, {100 * correct.mean():.1f} % correct")
    half = fit_logistic(features[is_fitted], correct[is_fitted])
    for name, weights in (("reading only", np.eye(features.shape[1])[0]), ("fitted", half)):
        for kind, chosen in (("real", ~is_fitted & real), ("composed", ~is_fitted & ~real)):
            p = 1 / (1 + np.exp(-(features[chosen] @ weights)))
            is_high = p >= 0.9
            error = 100 * (1 - correct[chosen][is_high].mean()) if is_high.any() else float("nan")
            print(
                f"{name}, {kind}: {is_high.sum()} of {len(p)} with confidence >= 0.9, "
                f"{error:.1f} % errors"
            )
    print("weights:", np.round(fit_logistic(features, correct), 3).tolist())


def _read_real(n_without: int) -> Iterator[_Row]:
    pages = load_real_pages(Path(os.environ["NUMERALS_DATA"]) / "training-pages")
    chosen = [page for page in pages.with_numbers if is_page_held_out(page.path.name)]
    rng = np.random.default_rng(0)
    labelled = [page for page in pages.without_numbers if page.lines]
    chosen += [labelled[i] for i in rng.permutation(len(labelled))[:n_without]]
    for number, page in enumerate(chosen):
        yield from _read_page(page, number)


def _read_page(page: RealPage, number: int) -> Iterator[_Row]:
    ink = find_numbers(load_page_model(), read_rgb(page.path), turn=0)
    polygons = [_polygon(line) for line in page.lines or []]
    # In a sentence with numbers it is unknown which number was read.
    texts = [
        line["text"] if line.get("numeric") or not _digits(line["text"]) else None
        for line in page.lines or []
    ]
    for center, text, features in _read(drop_printed_lines(ink)):
        label = _label_at(center, polygons, texts)
        if label is not None:
            yield _Row(features, _digits(label) == text, number, is_real=True)


def _read_composed(n_pages: int) -> Iterator[_Row]:
    digits = load_training_digits("qmnist")
    held_out = split_writers(digits, LINE_RECIPES["latin-line"], "validation")
    rng = np.random.default_rng(_SEED)
    material = make_page_material(rng, held_out)
    for number in range(n_pages):
        yield from _read_sample(compose_page_sample(rng, material), 10_000 + number)


def _read_sample(sample: PageSample, number: int) -> Iterator[_Row]:
    ink = find_numbers(load_page_model(), sample.image, turn=0)
    back = np.asarray(ink.unturn_matrix, np.float64)
    for center, text, features in _read(drop_printed_lines(ink)):
        x, y = cv2.perspectiveTransform(np.array([[center]], np.float32), back)[0, 0].tolist()
        if sample.unlabelled[int(np.clip(y, 0, 511)), int(np.clip(x, 0, 511))]:
            continue
        if _label_at((x, y), sample.printed, ["?"] * len(sample.printed)) is not None:
            continue
        label = _label_at((x, y), sample.written, sample.texts)
        if label is None or label.isascii():
            yield _Row(features, label is not None and _digits(label) == text, number, False)


def _read(ink: PageInk) -> Iterator[tuple[tuple[float, float], str, npt.NDArray[np.float64]]]:
    """Yield center, digits and features of each number that the reader finds on a page."""
    path = line_model_path("latin")
    assert path is not None
    read = read_in_frames(load_line_model(path), partial(cut_strip, ink.gray), ink.lines)
    for one, line in zip(read, ink.lines, strict=True):
        if one is None or not _digits(one.reading.line.text):
            continue
        center = (line.frame or fit_line_frame(line)).center
        evidence = collect_page_evidence(one, line)
        yield center, _digits(one.reading.line.text), evidence.features()


def _label_at(
    point: tuple[float, float], polygons: Sequence[_Polygon], texts: Sequence[str | None]
) -> str | None:
    for polygon, text in zip(polygons, texts, strict=True):
        if cv2.pointPolygonTest(polygon, point, False) >= 0:
            return text
    return None


def _polygon(line: dict[str, object]) -> npt.NDArray[np.float32]:
    if "polygon" in line:
        return np.array(line["polygon"], np.float32)
    x0, y0, x1, y1 = json.loads(json.dumps(line["box"]))
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(c)) for c in text if c.isdecimal())


def fit_logistic(
    features: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return the weights of a logistic regression with L2 penalty, by Newton's method."""
    weights = np.zeros(features.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(features @ weights)))
        gradient = features.T @ (correct - p) - _L2 * len(correct) * weights
        hessian = (features * (p * (1 - p))[:, None]).T @ features
        hessian += _L2 * len(correct) * np.eye(len(weights))
        weights = weights + np.linalg.solve(hessian, gradient)
    return weights


if __name__ == "__main__":
    main()
