"""Reproduce five well-known tutorials on handwritten digits, and compare the figures.

Nearest neighbors by cosine and by squared error with NumPy and PCA; a confusion matrix of logistic
regression; the network of a Kaggle notebook; one-vs-rest and multinomial on Kannada-MNIST.

    python benchmarks/tutorials.py --out tutorials/
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split

from numerals.classifiers import make_classifier
from numerals.data import load_digits
from numerals.displays.chart_style import new_axes, style_axes
from numerals.records import Digits
from numerals.reports.figure_files import to_png
from numerals.reports.text_tables import format_table

DIMENSIONS = (2, 5, 10, 15, 20, 30, 40, 60, 80, 120, 200, 300)
NEIGHBORS = (38620, 28882, 46512, 29044, 40094, 30809, 18279, 41982, 35628, 5044)


@dataclass(frozen=True)
class Row:
    """A figure of a tutorial, and the figure measured here."""

    name: str
    tutorial: str
    ours: str


def to_features(digits: Digits, limit: int | None = None) -> npt.NDArray[np.uint8]:
    return digits.images[:limit].reshape(len(digits.images[:limit]), -1)


def neighbors(out: Path) -> Iterator[Row]:
    """Reproduce nearest neighbors by cosine, by squared error, and after PCA."""
    train, test = load_digits("mnist", "train"), load_digits("mnist", "test")
    X, y = to_features(train, 50_000), train.labels[:50_000]
    X_test = to_features(test)
    accuracy = make_classifier("cosine").fit(X, y).score(X_test, test.labels)
    yield Row("cosine 1-NN, first 50,000", "0.9708", f"{accuracy:.4f}")

    squared = make_classifier("euclidean").fit(X, y)
    _, nearest = squared[-1].kneighbors(X_test[:10])
    n_correct = int((y[nearest[:, 0]] == test.labels[:10]).sum())
    n_same = int((nearest[:, 0] == NEIGHBORS).sum())
    yield Row("squared error, first ten test digits correct", "10", str(n_correct))
    yield Row("same nearest neighbors of these", "10", str(n_same))
    few = make_classifier("euclidean").fit(X[:500], y[:500])
    accuracy = few.score(X_test[:100], test.labels[:100])
    yield Row("squared error, first 500, first 100 test digits", "0.85", f"{accuracy:.2f}")

    accuracies = {
        n: make_classifier("cosine", {"pca": n}).fit(X, y).score(X_test, test.labels)
        for n in DIMENSIONS
    }
    yield Row("cosine 1-NN after PCA to 60", "0.9703", f"{accuracies[60]:.4f}")
    axes = new_axes(None, 7, 4)
    style_axes(axes)
    axes.plot(list(accuracies), list(accuracies.values()), marker="o")
    axes.set(xscale="log", xlabel="principal components", ylabel="accuracy, MNIST test")
    to_png(axes.figure, out / "accuracy-by-dimension.png")


def logistic(out: Path) -> Iterator[Row]:
    """Reproduce logistic regression on raw pixels, and print its confusion matrix."""
    parts = [load_digits("mnist", split) for split in ("train", "test")]
    X = np.concatenate([to_features(part) for part in parts])
    y = np.concatenate([part.labels for part in parts])
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
    # As in the tutorial: unscaled pixels from 0 to 255, and the solver's 100 iterations.
    fitted = make_classifier("logistic", {"scale": False, "C": 1.0, "max_iter": 100}).fit(X, y)
    yield Row(
        "logistic regression, raw pixels, 80/20", "0.92", f"{fitted.score(X_test, y_test):.4f}"
    )
    print(confusion_matrix(y_test, fitted.predict(X_test)), "\n")


def network(out: Path) -> Iterator[Row]:
    """Reproduce the convolutional network of the Kaggle notebook, with two epochs."""
    train, test = load_digits("mnist", "train"), load_digits("mnist", "test")
    fitted = make_classifier("cnn-tutorial", {"epochs": 2})
    fitted.fit(to_features(train), train.labels)
    accuracy = fitted.score(to_features(test), test.labels)
    yield Row("the tutorial's CNN, 2 epochs", ">= 0.96", f"{accuracy:.4f}")


def kannada(out: Path) -> Iterator[Row]:
    """Reproduce one-vs-rest and multinomial regression on 10,000 digits of Kannada-MNIST."""
    train, test = load_digits("kannada-mnist", "train"), load_digits("kannada-mnist", "test")
    X, y = to_features(train, 10_000), train.labels[:10_000]
    for name in ("logistic-ovr", "logistic"):
        fitted = make_classifier(name).fit(X, y)
        confusion = confusion_matrix(test.labels, fitted.predict(to_features(test)))
        train_accuracy = fitted.score(X, y)
        test_accuracy = fitted.score(to_features(test), test.labels)
        yield Row(
            f"Kannada, {name}: train / test",
            "train much higher",
            f"{train_accuracy:.4f} / {test_accuracy:.4f}",
        )
        top = ", ".join(f"{a}/{b} {count}" for a, b, count in count_confusions(confusion)[:4])
        yield Row(f"Kannada, {name}: most confused", "3/7, 4/5, 0/1, 0/3", top)
        print(name, confusion, sep="\n", end="\n\n")


def count_confusions(confusion: npt.NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Return pairs of classes with their number of confusions, most frequent first."""
    sums = confusion + confusion.T
    pairs = [(a, b, int(sums[a, b])) for a in range(len(sums)) for b in range(a + 1, len(sums))]
    return sorted(pairs, key=lambda pair: -pair[2])


PARTS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "neighbors": neighbors,
    "logistic": logistic,
    "network": network,
    "kannada": kannada,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", help=f"some of {', '.join(PARTS)}; all by default")
    parser.add_argument("--out", type=Path, default=Path("tutorials"), help="folder for figures")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"unknown {', '.join(sorted(unknown))}; known: {', '.join(PARTS)}")
    options.out.mkdir(parents=True, exist_ok=True)
    for part in options.parts or PARTS:
        started = time.perf_counter()
        rows = [[row.name, row.tutorial, row.ours] for row in PARTS[part](options.out)]
        seconds = time.perf_counter() - started
        print(f"{part}, {seconds:.0f} s:")
        print(format_table(["figure", "tutorial", "ours"], rows), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
