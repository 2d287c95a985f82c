"""Other names of the methods: what a reader who knows scikit-learn or a course may type."""

from collections.abc import Iterable, Mapping

from numerals.errors import similar_names

_OTHER_NAMES_OF = {
    ("euclidean", "cosine"): "knn k-nn 1-nn 1nn nearest neighbor nearest-neighbor kneighbors "
    "kneighborsclassifier neighbour nearest-neighbour k-nearest-neighbor",
    ("manhattan",): "l1-distance cityblock taxicab",
    ("euclidean",): "l2-distance squared-error sse",
    ("cosine",): "dot dot-product angle cosine-similarity",
    ("tangent-distance",): "tangent simard",
    ("idm", "p2dhmdm"): "deformation image-distortion elastic-matching",
    ("svm-linear", "svm-rbf"): "svm svc support-vector-machine",
    ("svm-linear",): "linear-svm linearsvc linear-svc",
    ("svm-rbf",): "rbf rbf-svm rbf-svc kernel-svm gaussian-svm",
    ("logistic",): "logreg logit lr logisticregression logistic-regression maxent softmax "
    "softmax-regression multinomial",
    ("logistic-ovr",): "ovr ova one-vs-rest one-vs-all",
    ("logistic", "ridge"): "linear linear-model",
    ("ridge",): "l2 ols least-squares linear-regression",
    ("lasso",): "l1",
    ("decision-tree",): "tree dt cart",
    ("random-forest",): "rf forest",
    ("extra-trees",): "et extremely-randomized-trees",
    ("gradient-boosting",): "boosting xgb xgboost gbm gbdt gbt lightgbm catboost adaboost "
    "hist-gradient-boosting",
    ("mlp", "cnn"): "nn ann dnn net neural neural-net neural-network",
    ("mlp",): "perceptron multilayer-perceptron multi-layer-perceptron dense feedforward "
    "fully-connected mlpclassifier",
    ("cnn", "cnn-tutorial"): "conv convnet conv-net convolutional convolutional-network lenet "
    "convolutional-neural-network lenet-5 lenet5 resnet deep-learning keras torch pytorch",
}

OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    name: methods for methods, names in _OTHER_NAMES_OF.items() for name in names.split()
}
"""Usual name of a method or family, in lower case with ``-`` -> names of this package."""


def suggest_methods(name: str, known: Iterable[str]) -> list[str]:
    """Return the methods that an unknown name probably means.

    Parameters
    ----------
    name : str
    known : iterable of str
        The known names.

    Examples
    --------
    >>> suggest_methods("SVM", ["svm-linear", "svm-rbf", "ridge"])
    ['svm-linear', 'svm-rbf']
    >>> suggest_methods("logistics", ["logistic", "ridge"])
    ['logistic']
    """
    known = list(known)
    usual = name.strip().lower().replace("_", "-").replace(" ", "-")
    meant = OTHER_NAMES.get(usual) or OTHER_NAMES.get(usual.removesuffix("s"), ())
    if meant:
        return [each for each in meant if each in known]
    return similar_names(name, known)
