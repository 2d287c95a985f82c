import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.classifiers import METHODS, make_classifier
from numerals.classifiers.method_names import OTHER_NAMES, suggest_methods
from numerals.errors import UnknownNameError
from numerals.lab.candidate import parse_candidate


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("svm", "svm-linear or svm-rbf"),
        ("SVC", "svm-linear or svm-rbf"),
        ("support vector machines", "svm-linear or svm-rbf"),
        ("knn", "euclidean or cosine"),
        ("nearest_neighbours", "euclidean or cosine"),
        ("logreg", "logistic"),
        ("rf", "random-forest"),
        ("neural network", "mlp or cnn"),
        ("logistc", "logistic or logistic-ovr"),
        ("Random_Forest", "random-forest"),
        ("cosin", "cosine"),
    ],
)
def test_unknown_methods_suggest_the_right_one(name, meant):
    with pytest.raises(UnknownNameError, match=rf"; did you mean {meant}\?$"):
        make_classifier(name)
    with pytest.raises(UnknownNameError, match=rf"; did you mean {meant}\?$"):
        parse_candidate(f"{name}:pca=60")


def test_nothing_is_suggested_for_names_that_are_like_none():
    with pytest.raises(UnknownNameError) as caught:
        make_classifier("quantum")
    assert "did you mean" not in str(caught.value)


def test_other_names_lead_to_methods_and_are_none_themselves():
    assert {method for methods in OTHER_NAMES.values() for method in methods} <= set(METHODS)
    assert not set(OTHER_NAMES) & set(METHODS)
    assert suggest_methods("svm", ["svm-rbf"]) == ["svm-rbf"]


def test_typing_errors_in_other_names_are_found_too():
    with pytest.raises(UnknownNameError, match=r"unknown setting 'c'; .*did you mean C\?$"):
        make_classifier("logistic", {"c": 1})
    with pytest.raises(UnknownNameError, match=r"did you mean max_iter\?$"):
        make_classifier("logistic", {"max-iter": 1})
