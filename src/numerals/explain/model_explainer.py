"""Explain a model: its coefficients, typical and hard digits, and its answers for some digits."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.classifiers.estimator_files import as_model
from numerals.errors import DataError, ModelError, UnknownNameError
from numerals.evaluation import digit_accuracy
from numerals.explain.attribution import Attributor
from numerals.explain.class_index import ClassIndex
from numerals.explain.coefficients import LinearScores, class_means, linear_scores
from numerals.explain.digit_explanation import Query, explain_digit, learned_labels
from numerals.explain.example_selection import HardExample, hardest_examples, prototypes
from numerals.explain.integrated_gradients import IntegratedGradients, find_module
from numerals.explain.model_explanation import ClassExample, ModelExplanation
from numerals.explain.nearest_image_contrast import make_nearest_image_contrast
from numerals.explain.occlusion import Occlusion
from numerals.models import Model
from numerals.records import Digits

N_EXPLAINED = 3
"""Number of digits that are explained if none are named."""


def explain_model(
    model: Any,
    digits: Digits,
    train: Digits,
    *,
    indices: Sequence[int] | None = None,
    image: npt.NDArray[np.uint8] | None = None,
    why_not: str | None = None,
    beside: Any = None,
    limit: int | None = None,
    n_shown: int = 8,
) -> ModelExplanation:
    """Explain a model, and its answers for some digits.

    Parameters
    ----------
    model : Model or classifier
        As `evaluate_model` takes it.
    digits : Digits
        The digits that the model classifies.
    train : Digits
        Labelled digits for evidence, prototypes and mean images. If `digits` are the same images,
        a digit is not evidence for itself.
    indices : sequence of int, optional
        Indices of the digits to explain; the three hardest by default.
    image : ndarray of uint8, shape (height, width), optional
        A picture to explain instead of `indices`.
    why_not : str, optional
        The contrast class of all answers; by default the truth if the answer is wrong, else the
        runner-up.
    beside : Model or classifier, optional
        Another linear model, whose coefficients are shown beside those of `model`.
    limit : int, optional
        Classify only the first `limit` digits for the accuracy and the hardest examples.
    n_shown : int, default=8
        Maximum number of prototypes, hard examples and nearest training images of each kind.

    Raises
    ------
    DataError
        If the data do not fit the model, or an index is out of range.
    ModelError
        If `beside` is not linear, or the model has not learned `why_not`.
    UnknownNameError
        If the model has no class `why_not`.

    Examples
    --------
    >>> import numpy as np
    >>> from numerals.classifiers import make_classifier
    >>> from numerals.records import Digits
    >>> bars = np.zeros((20, 8, 8), np.uint8)
    >>> bars[::2, :, 2:4] = bars[1::2, 2:4] = 255
    >>> digits = Digits(bars, np.arange(20) % 2, ("|", "-"), name="bars")
    >>> fitted = make_classifier("logistic").fit(digits.images, digits.y)
    >>> explanation = explain_model(fitted, digits, digits, indices=[0])
    >>> explanation
    ModelExplanation(Logistic Regression on bars, accuracy 100.00 %, of image 0)
    >>> list(explanation.plots())[:2]
    ['coefficients', 'image-0-reasons']
    """
    model = as_model(model, train)
    beside = None if beside is None else as_model(beside, train)
    _check_fit(model, digits, train)
    attributors = make_attributors(model, train)
    linear = next((each for each in attributors if isinstance(each, LinearScores)), None)
    proba = model.predict_proba(digits.images[:limit])
    labels = digits.labels[:limit]
    has_labels = bool((labels >= 0).all())
    hardest = hardest_examples(proba, labels, n_shown) if has_labels else ()
    if image is not None:
        queries = [Query(image)]
    else:
        chosen = _hardest_of_all(hardest, len(proba)) if indices is None else indices
        queries = [_make_query(digits, index, train) for index in chosen]
    contrast, index = _find_column(model, why_not), ClassIndex(train)
    return ModelExplanation(
        model=model,
        name=_model_name(model),
        digits=digits,
        train=train,
        methods=tuple((each.method, each.unit) for each in attributors),
        n_measured=len(proba),
        accuracy=digit_accuracy(proba, labels) if has_labels else None,
        means=class_means(train, linear),
        linear=linear,
        beside=None if beside is None else _linear_scores_beside(beside, train),
        beside_name="" if beside is None else _model_name(beside),
        examples=_class_examples(digits, proba, attributors),
        prototypes=prototypes(train, n_shown),
        hardest=hardest,
        explained=tuple(
            explain_digit(model, query, index, attributors, why_not=contrast, n_nearest=n_shown)
            for query in queries
        ),
    )


def make_attributors(model: Model, train: Digits) -> tuple[Attributor, ...]:
    """Return the attribution methods that apply to a model.

    Parameters
    ----------
    model : Model
        Linear models get weight times ink, networks with a torch module integrated gradients,
        nearest neighbors the contrast of nearest images; all models get occlusion.
    train : Digits
        Their mean image replaces the covered pixels in occlusion.
    """
    mean = train.images.mean(axis=0).round().astype(np.uint8)
    occlusion = Occlusion(model, fill=mean)
    exact = _make_exact_attributor(model, train)
    return (occlusion,) if exact is None else (exact, occlusion)


def _make_exact_attributor(model: Model, train: Digits) -> Attributor | None:
    """Return the method whose attributions sum to this kind of model's scores, if there is one."""
    estimator = getattr(model, "estimator", None)
    if estimator is None:
        return None
    module = find_module(estimator)
    if module is not None:
        return IntegratedGradients(module, learned_labels(model))
    contrast = make_nearest_image_contrast(model, train)
    if contrast is not None:
        return contrast
    return linear_scores(estimator, train.images, len(model.classes))


def _model_name(model: Model) -> str:
    return model.metadata.get("name", "the model")


def _check_fit(model: Model, digits: Digits, train: Digits) -> None:
    """Raise an error if digits or training images do not fit the model."""
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
        raise ModelError(
            "the model has learned a single class, which cannot be contrasted with another; name"
            " a model of several classes"
        )
    if (train.labels < 0).any():
        raise DataError(f"{train.name}: evidence needs training images with labels; name others")


def _find_column(model: Model, why_not: str | None) -> int | None:
    """Return the column of a class, given by its name or its number."""
    if why_not is None:
        return None
    names = {str(number): number for number in range(len(model.classes))}
    names |= {name: number for number, name in enumerate(model.classes)}
    if why_not not in names:
        raise UnknownNameError("class", why_not, model.classes)
    if names[why_not] not in learned_labels(model):
        raise ModelError(f"the model has not learned class {why_not}; name another class")
    return names[why_not]


def _make_query(digits: Digits, index: int, train: Digits) -> Query:
    if not 0 <= index < len(digits):
        raise DataError(
            f"{digits.name}: no image {index}; there are {len(digits)}, from 0 to {len(digits) - 1}"
        )
    label = int(digits.labels[index])
    image = digits.images[index]
    is_in_train = index < len(train) and np.array_equal(train.images[index], image)
    return Query(image, index, label if label >= 0 else None, index if is_in_train else None)


def _hardest_of_all(hardest: Sequence[Sequence[HardExample]], n_images: int) -> list[int]:
    """Return the indices of the hardest digits, or the first indices if there are no labels."""
    ranked = sorted(
        (example for of_class in hardest for example in of_class),
        key=lambda example: example.truth_probability,
    )
    indices = [example.index for example in ranked[:N_EXPLAINED]]
    return indices or list(range(min(N_EXPLAINED, n_images)))


def _linear_scores_beside(model: Model, train: Digits) -> LinearScores:
    scores = linear_scores(getattr(model, "estimator", None), train.images, len(model.classes))
    if scores is None:
        raise ModelError(
            "the model beside has no coefficients; name a linear one, such as logistic-ovr"
        )
    return scores


def _class_examples(
    digits: Digits, proba: npt.NDArray[np.float32], attributors: Sequence[Attributor]
) -> tuple[ClassExample, ...]:
    """Return the correctly classified digit of each class with the highest confidence."""
    answers = proba.argmax(axis=1)
    labels = digits.labels[: len(proba)]
    truth = labels if (labels >= 0).all() else answers
    examples = []
    for label in range(proba.shape[1]):
        right = np.flatnonzero((answers == label) & (truth == label))
        if len(right):
            index = int(right[proba[right, label].argmax()])
            attributions = tuple(
                each.attribute(digits.images[index], label) for each in attributors
            )
            examples.append(ClassExample(index, label, attributions))
    return tuple(examples)
