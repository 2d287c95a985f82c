"""Fit the weights of `numerals.reading.page_confidence` on labelled training pages.

    NUMERALS_DATA=... python tools/fit_page_confidence.py [--limit N]

Reads the labelled pages of ``training-pages``, whose handwriting the line model has hardly seen,
and pages without numbers. A number counts as right where its digits equal those of the label that
it lies on; on a label without digits it is wrong; what lies on no label tells nothing. Pages are
split in halves: weights are fitted on one, and calibration is printed for the other.
"""

import argparse
import json
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.line_image import frame_of
from numerals.models import line_model_path, load_line_model
from numerals.models.page_model import load_page_model
from numerals.page.find import find_numbers
from numerals.reading.frames import read_in_frames
from numerals.reading.page_confidence import Evidence
from numerals.synthesis.pens import read_rgb
from numerals.synthesis.real_pages import RealPage, load_real_pages

_L2 = 1e-3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=int, default=90, help="pages to read")
    parser.add_argument("--save", type=Path, help="write features and labels to this .npz")
    limit, save = (parsed := parser.parse_args()).limit, parsed.save
    folder = Path(os.environ["NUMERALS_DATA"]) / "training-pages"
    pages = load_real_pages(folder)
    rng = np.random.default_rng(0)
    labelled = [page for page in pages.without_numbers if page.lines]
    with_numbers = [pages.with_numbers[i] for i in rng.permutation(len(pages.with_numbers))]
    without = [labelled[i] for i in rng.permutation(len(labelled))]
    chosen = with_numbers[: 2 * limit // 3] + without[: limit // 3]
    rows = [row for n, page in enumerate(chosen) for row in _read(page, n)]
    features = np.array([row[0] for row in rows])
    right, page_of = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    if save:
        np.savez(save, features=features, right=right, page=page_of)
    fitted = page_of % 2 == 0
    weights = fit_logistic(features[fitted], right[fitted])
    print(f"{len(rows)} numbers on {len(chosen)} pages, {100 * right.mean():.1f} % right")
    print("weights:", np.round(weights, 3).tolist())
    for name, w in (("before", np.eye(features.shape[1])[0]), ("after", weights)):
        p = 1 / (1 + np.exp(-(features[~fitted] @ w)))
        sure = p >= 0.9
        wrong = 100 * (1 - right[~fitted][sure].mean()) if sure.any() else float("nan")
        print(f"{name}: of {sure.sum()} with 0.9 or more {wrong:.1f} % wrong")


def _read(page: RealPage, number: int) -> Iterator[tuple[npt.NDArray[np.float64], bool, int]]:
    picture = read_rgb(page.path)
    ink = find_numbers(load_page_model(), picture, turn=0)
    path = line_model_path("latin")
    assert path is not None
    read = read_in_frames(load_line_model(path), ink.gray, ink.lines)
    polygons = [_polygon(line) for line in page.lines or []]
    for one, line in zip(read, ink.lines, strict=True):
        if one is None:
            continue
        frame = line.frame or frame_of(line)
        center_x = (frame.left + frame.right) / 2
        center = (center_x, frame.middle + frame.slope * (center_x - frame.left))
        label = next(
            (
                text["text"]
                for text, polygon in zip(page.lines or [], polygons, strict=True)
                if cv2.pointPolygonTest(polygon, center, False) >= 0
            ),
            None,
        )
        if label is None:
            continue
        evidence = Evidence(
            one.found.line.confidence, line.score, line.purity, len(one.found.reading.text)
        )
        wanted, got = _digits(label), _digits(one.found.line.text)
        if got:
            yield evidence.features(), wanted == got, number


def _polygon(line: dict[str, object]) -> npt.NDArray[np.float32]:
    if "polygon" in line:
        return np.array(line["polygon"], np.float32)
    x0, y0, x1, y1 = json.loads(json.dumps(line["box"]))
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(c)) for c in text if c.isdecimal())


def fit_logistic(
    features: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return the weights of a logistic regression, by Newton's method."""
    weights = np.zeros(features.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(features @ weights)))
        gradient = features.T @ (right - p) - _L2 * len(right) * weights
        curvature = (features * (p * (1 - p))[:, None]).T @ features
        curvature += _L2 * len(right) * np.eye(len(weights))
        weights = weights + np.linalg.solve(curvature, gradient)
    return weights


if __name__ == "__main__":
    main()
