"""Explain a model: what it weighs, typical and hard digits, and some digits in detail."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError, ModelError, UnknownNameError
from numerals.evaluation import digit_accuracy
from numerals.explain.attribution import Attributor
from numerals.explain.class_index import ClassIndex
from numerals.explain.coefficients import LinearScores, class_means, linear_scores
from numerals.explain.digit_explanation import Query, explain_digit, learned_labels
from numerals.explain.example_selection import HardExample, hardest_examples, prototypes
from numerals.explain.integrated_gradients import IntegratedGradients, find_module
from numerals.explain.model_explanation import ClassExample, ModelExplanation
from numerals.explain.nearest_image_contrast import nearest_images
from numerals.explain.occlusion import Occlusion
from numerals.models import Model
from numerals.records import Digits

N_EXPLAINED = 3
"""How many digits are explained in detail when none are named."""


def explain_model(
    model: Model,
    digits: Digits,
    train: Digits,
    *,
    indices: Sequence[int] | None = None,
    image: npt.NDArray[np.uint8] | None = None,
    why_not: str | None = None,
    beside: Model | None = None,
    limit: int | None = None,
    n_shown: int = 8,
) -> ModelExplanation:
    """Explain a model, and its answers for some digits.

    Parameters
    ----------
    model : Model
    digits : Digits
        The digits that the model is asked about.
    train : Digits
        Labelled digits, for evidence, prototypes and mean images. Where `digits` are the
        same images, none is evidence for itself.
    indices : sequence of int, optional
        Which of `digits` are explained in detail; the three hardest if none are given.
    image : ndarray of uint8, shape (height, width), optional
        A picture to be explained instead.
    why_not : str, optional
        The class that answers are held against; the runner-up of each by default.
    beside : Model, optional
        Another linear model, whose coefficients are shown too.
    limit : int, optional
        How many of `digits`, the first ones, are classified for the accuracy and the hardest
        examples; all by default.
    n_shown : int, default=8
        How many prototypes, hard examples and training images are kept of each kind.

    Raises
    ------
    DataError
        If the data do not fit the model, or an index is out of range.
    ModelError
        If `beside` is not linear.
    UnknownNameError
        If the model has no class `why_not`.
    """
    _check(model, digits, train)
    attributors = attributors_of(model, train)
    scores = next((way for way in attributors if isinstance(way, LinearScores)), None)
    proba = model.predict_proba(digits.images[:limit])
    labels = digits.labels[:limit]
    has_labels = bool((labels >= 0).all())
    hardest = hardest_examples(proba, labels, n_shown) if has_labels else ()
    if image is not None:
        queries = [Query(image)]
    else:
        chosen = _hardest_of_all(hardest, len(proba)) if indices is None else indices
        queries = [_query(digits, index, train) for index in chosen]
    other, index = _column(model, why_not), ClassIndex(train)
    return ModelExplanation(
        model,
        name_of(model),
        digits,
        train,
        tuple((way.method, way.unit) for way in attributors),
        len(proba),
        digit_accuracy(proba, labels) if has_labels else None,
        class_means(train, scores),
        scores,
        None if beside is None else _beside(beside, train),
        "" if beside is None else name_of(beside),
        _class_examples(digits, proba, attributors),
        prototypes(train, n_shown),
        hardest,
        tuple(
            explain_digit(model, query, index, attributors, why_not=other, n_alike=n_shown)
            for query in queries
        ),
    )


def attributors_of(model: Model, train: Digits) -> tuple[Attributor, ...]:
    """Return the ways in which a model's answers can be attributed to pixels.

    Parameters
    ----------
    model : Model
        Linear: weight times ink. A network with its torch module: integrated gradients. Nearest
        neighbours: the difference to two of them. Any: occlusion.
    train : Digits
        Their mean image is what occlusion covers digits with.
    """
    mean = train.images.mean(axis=0).round().astype(np.uint8)
    occlusion = Occlusion(model, fill=mean)
    exact = _exact_way(model, train)
    return (occlusion,) if exact is None else (exact, occlusion)


def _exact_way(model: Model, train: Digits) -> Attributor | None:
    """Return the way that adds up to the scores of this kind of model, if there is one."""
    estimator = getattr(model, "estimator", None)
    if estimator is None:
        return None
    module = find_module(estimator)
    if module is not None:
        return IntegratedGradients(module, learned_labels(model))
    neighbors = nearest_images(model, train)
    if neighbors is not None:
        return neighbors
    return linear_scores(estimator, train.images, len(model.classes))


def name_of(model: Model) -> str:
    """Return what a model calls itself."""
    return model.metadata.get("name", "the model")


def _check(model: Model, digits: Digits, train: Digits) -> None:
    for part in (digits, train):
        if not len(part):
            raise DataError(f"{part.name}: no images to explain with; name another data set")
        if part.images.shape[1:] != model.image_shape:
            raise DataError(
                f"{part.name}: digits of {part.images.shape[1:]} pixels, and the model takes"
                f" {model.image_shape}; name data that fit the model"
            )
        if len(part.classes) != len(model.classes):
            raise DataError(
                f"{part.name}: {len(part.classes)} classes, and the model has"
                f" {len(model.classes)}; name data that fit the model"
            )
    if len(learned_labels(model)) < 2:
        raise ModelError("the model knows a single class: there is nothing to hold it against")
    if (train.labels < 0).any():
        raise DataError(f"{train.name}: evidence needs training images with labels; name others")


def _column(model: Model, why_not: str | None) -> int | None:
    """Return the column of a class that is named as it is written, or by its number."""
    if why_not is None:
        return None
    names = {str(number): number for number in range(len(model.classes))}
    names |= {name: number for number, name in enumerate(model.classes)}
    if why_not not in names:
        raise UnknownNameError("class", why_not, model.classes)
    if names[why_not] not in learned_labels(model):
        raise ModelError(f"the model never saw class {why_not} in its data; name another class")
    return names[why_not]


def _query(digits: Digits, index: int, train: Digits) -> Query:
    if not 0 <= index < len(digits):
        raise DataError(
            f"{digits.name}: no image {index}; there are {len(digits)}, from 0 to {len(digits) - 1}"
        )
    label = int(digits.labels[index])
    image = digits.images[index]
    is_itself = index < len(train) and np.array_equal(train.images[index], image)
    return Query(image, index, label if label >= 0 else None, index if is_itself else None)


def _hardest_of_all(hardest: Sequence[Sequence[HardExample]], n_images: int) -> list[int]:
    """Return the digits that are explained when none are named."""
    found = sorted((hard for of_class in hardest for hard in of_class), key=_truth_probability)
    return [hard.index for hard in found[:N_EXPLAINED]] or list(range(min(N_EXPLAINED, n_images)))


def _truth_probability(hard: HardExample) -> float:
    return hard.truth_probability


def _beside(model: Model, train: Digits) -> LinearScores:
    scores = linear_scores(getattr(model, "estimator", None), train.images, len(model.classes))
    if scores is None:
        raise ModelError(
            "the model beside has no coefficients; name a linear one, such as logistic-ovr"
        )
    return scores


def _class_examples(
    digits: Digits, proba: npt.NDArray[np.float32], attributors: Sequence[Attributor]
) -> tuple[ClassExample, ...]:
    """Explain, of each class, the digit that is answered rightly and most surely."""
    answers = proba.argmax(axis=1)
    labels = digits.labels[: len(proba)]
    known = labels if (labels >= 0).all() else answers
    found = []
    for label in range(proba.shape[1]):
        right = np.flatnonzero((answers == label) & (known == label))
        if len(right):
            index = int(right[proba[right, label].argmax()])
            ways = tuple(way.attribute(digits.images[index], label) for way in attributors)
            found.append(ClassExample(index, label, ways))
    return tuple(found)
