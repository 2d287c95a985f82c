"""Compare the drawings of a class with MNIST: nearest neighbours learned from each."""

from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataNotFoundError, UnknownNameError
from numerals.models import Model
from numerals.picture_encoding import data_url
from numerals.records import Digits
from numerals.web.state import State

MIN_DIGITS = 20
"""Minimum number of drawings."""
N_TEST = 2_000  # test digits of MNIST


def compare_with_mnist(state: State, digits: Digits) -> dict[str, Any]:
    """Compare what nearest neighbours learn from the class and from as many digits of MNIST.

    The class is tested on each pupil in turn, with the drawings of all others as examples: a
    model must not know the writing that it is tested on.

    Parameters
    ----------
    state : State
    digits : Digits
        With writers.

    Returns
    -------
    dict
        ``rows``: what was learned from, how many examples, and the accuracy on the class and on
        MNIST; ``means``: mean image of each digit in both; ``note``: why something is missing.
    """
    if len(digits) < MIN_DIGITS or digits.writers is None or len(set(digits.writers)) < 2:
        return {"rows": [], "means": [], "note": _too_few(digits)}
    model = state.readers.digit_model("latin")
    own = _row("the class", len(digits), _accuracy(_predict_left_out(digits), digits))
    shipped = _row("the shipped model", None, _model_accuracy(model, digits))
    mnist = _load_mnist(state)
    if mnist is None:
        note = "MNIST is not on this machine; get it with: numerals data fetch mnist"
        return {"rows": [own, shipped], "means": _means(digits, None), "note": note}
    train, test = mnist[0], _spread(mnist[1], N_TEST)
    few = _spread(train, len(digits))
    other = _row("as many digits of MNIST", len(few), _accuracy(_predict(few, digits), digits))
    own["mnist"] = _accuracy(_predict(digits, test), test)
    other["mnist"] = _accuracy(_predict(few, test), test)
    shipped["mnist"] = _model_accuracy(model, test)
    return {"rows": [own, other, shipped], "means": _means(digits, train), "note": ""}


def _too_few(digits: Digits) -> str:
    n_writers = 0 if digits.writers is None else len(set(digits.writers))
    return (
        f"{len(digits)} drawings of {n_writers} pupils so far; the comparison needs {MIN_DIGITS} "
        "drawings of two pupils"
    )


def _row(name: str, n: int | None, accuracy: float) -> dict[str, Any]:
    return {"learned_from": name, "examples": n, "class": accuracy, "mnist": None}


def _model_accuracy(model: Model, digits: Digits) -> float:
    return _accuracy(model.predict_proba(digits.images).argmax(axis=1), digits)


def _load_mnist(state: State) -> tuple[Digits, Digits] | None:
    try:
        names = ("mnist", "mnist:test")
        train, test = (state.data_sets.load(state.data_sets.find(name)) for name in names)
    except (DataNotFoundError, UnknownNameError):
        return None
    return train, test


def _spread(digits: Digits, n: int) -> Digits:
    """Return at most `n` digits, evenly spread over a data set."""
    indices = np.unique(np.linspace(0, len(digits) - 1, n).astype(np.intp))
    return digits[indices]


def _accuracy(answers: npt.NDArray[np.int64], digits: Digits) -> float:
    return float((answers == digits.labels).mean())


def _predict(examples: Digits, queries: Digits) -> npt.NDArray[np.int64]:
    """Return the label of the example with the highest cosine similarity to each query."""
    similarities = _unit_rows(queries) @ _unit_rows(examples).T  # (n_queries, n_examples)
    labels: npt.NDArray[np.int64] = examples.labels[similarities.argmax(axis=1)]
    return labels


def _predict_left_out(digits: Digits) -> npt.NDArray[np.int64]:
    """Return the answers for each digit, learned from all writers but its own."""
    units = _unit_rows(digits)
    similarities = units @ units.T
    assert digits.writers is not None
    similarities[digits.writers[:, None] == digits.writers] = -1
    labels: npt.NDArray[np.int64] = digits.labels[similarities.argmax(axis=1)]
    return labels


def _unit_rows(digits: Digits) -> npt.NDArray[np.float32]:
    X = digits.images.reshape(len(digits), -1).astype(np.float32)
    units: npt.NDArray[np.float32] = X / np.linalg.norm(X, axis=1, keepdims=True).clip(1e-9)
    return units


def _means(digits: Digits, mnist: Digits | None) -> list[dict[str, Any]]:
    """Return the mean image of each digit in the class and in MNIST, as data URLs."""
    return [
        {
            "digit": label,
            "class": _mean_url(digits, label),
            "mnist": _mean_url(mnist, label) if mnist else None,
        }
        for label in range(10)
    ]


def _mean_url(digits: Digits, label: int) -> str | None:
    images = digits.images[digits.labels == label]
    if not len(images):
        return None
    mean = images.mean(axis=0)
    return data_url((255 * mean / max(mean.max(), 1)).astype(np.uint8))
