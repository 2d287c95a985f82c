"""Measure the label audit on planted errors: labels that are replaced at random, changed copies.

The errors that the data set has itself count as false alarms, so that the precision is a lower
bound. ``--near-duplicates`` measures how many changed copies of digits are found.
"""

import argparse
import time
from dataclasses import replace

import cv2
import numpy as np
from timing import machine

from numerals.data import load_digits
from numerals.lab.digit_audit import Predictor
from numerals.metrics.label_errors import find_label_errors
from numerals.records import Digits
from numerals.search.near_duplicates import find_duplicates, find_neighborhoods


def plant_errors(digits: Digits, share: float, seed: int) -> tuple[Digits, np.ndarray]:
    """Return digits of which a share has another random label, and the mask of these."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(digits))[: round(share * len(digits))]
    labels = digits.labels.copy()
    n_classes = len(digits.classes)
    labels[chosen] = (labels[chosen] + rng.integers(1, n_classes, len(chosen))) % n_classes
    return replace(digits, labels=labels), labels != digits.labels


def change_brightness(image: np.ndarray) -> np.ndarray:
    return (image * 0.8).astype(np.uint8)


def add_noise(image: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(int(image.sum())).normal(0, 15, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def compress(image: np.ndarray, quality: int) -> np.ndarray:
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)


def resize(image: np.ndarray) -> np.ndarray:
    larger = cv2.resize(image, (32, 32), interpolation=cv2.INTER_AREA)
    return cv2.resize(larger, (28, 28), interpolation=cv2.INTER_AREA)


CHANGES = {
    "none": lambda image: image,
    "brightness 80 %": change_brightness,
    "noise, standard deviation 15": add_noise,
    "JPEG, quality 50": lambda image: compress(image, 50),
    "JPEG, quality 20": lambda image: compress(image, 20),
    "28x28 to 32x32 and back": resize,
    "shifted by one pixel": lambda image: np.roll(image, 1, axis=1),
}


def measure_near_duplicates(digits: Digits, n_copies: int, seed: int) -> None:
    """Print how many changed copies are grouped with their original, and how many other digits."""
    chosen = np.random.default_rng(seed).permutation(len(digits))[:n_copies]
    neighborhoods = find_neighborhoods(digits.images)
    groups = sum(map(len, find_duplicates(digits.images, neighborhoods)))
    print(f"{digits.name}: {len(digits):,} digits, {groups} groups of duplicates")
    ratios = neighborhoods.distances[:, 0] / np.median(neighborhoods.distances[:, 1:], axis=1)
    print(f"smallest distance, relative to the next neighbors: {np.nanmin(ratios):.3f}")
    print(f"{n_copies} copies, changed by{'':<10}{'found %':>10}{'false groups':>14}")
    for name, change in CHANGES.items():
        copies = np.stack([change(image) for image in digits.images[chosen]])
        images = np.concatenate([digits.images, copies])
        equal, near = find_duplicates(images, find_neighborhoods(images))
        partner = {len(digits) + i: original for i, original in enumerate(chosen.tolist())}
        found = sum(partner.get(i) in group for group in equal + near for i in group)
        false = sum(not any(i in partner for i in group) for group in equal + near)
        print(f"{name:<34}{100 * found / n_copies:>10.1f}{false:>14}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--split", default="train")
    parser.add_argument("--share", type=float, default=0.01, help="of the labels to replace")
    parser.add_argument("--method", default="cnn")
    parser.add_argument("--limit", type=int, help="use only the first digits")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--near-duplicates", action="store_true")
    options = parser.parse_args()
    digits = load_digits(options.data, options.split)[: options.limit]
    if options.near_duplicates:
        measure_near_duplicates(digits, 400, options.seed)
        return
    digits, planted = plant_errors(digits, options.share, options.seed)
    started, cpu_started = time.perf_counter(), time.process_time()
    proba, _ = Predictor(options.method).predict(digits, None)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    errors = find_label_errors(proba, digits.labels)
    n = int(planted.sum())
    print(f"{options.data} {options.split}: {len(digits):,} digits, {n:,} planted errors")
    print(f"{options.method}: {seconds:.0f} s, {cpu_seconds:.0f} s of processor time; {machine()}")
    print(f"{'labels':<24}{'number':>8}{'precision %':>13}{'recall %':>10}")
    chosen = {"suspects": errors.is_suspect}
    for share in (0.1, 0.5, 1.0, 1.5):
        first = np.zeros(len(digits), bool)
        first[errors.order[: round(share * n)]] = True
        chosen[f"the first {round(share * n):,}"] = first
    for name, mask in chosen.items():
        hits = int((mask & planted).sum())
        precision, recall = 100 * hits / max(mask.sum(), 1), 100 * hits / max(n, 1)
        print(f"{name:<24}{mask.sum():>8,}{precision:>13.1f}{recall:>10.1f}")


if __name__ == "__main__":
    main()
