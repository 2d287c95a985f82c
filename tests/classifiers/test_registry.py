import subprocess
import sys

import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.classifiers import METHODS, make_classifier
from numerals.classifiers.pixel_pipelines import find_parameter, parse_setting, setting_names
from numerals.cli.train import EPILOG
from numerals.errors import DataError, UnknownNameError

PIXEL_METHODS = [name for name in METHODS if hasattr(METHODS[name].make(), "named_steps")]


@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_a_summary(name):
    assert METHODS[name].summary
    assert hasattr(make_classifier(name), "predict_proba")
    assert name in EPILOG.replace(",", " ").split()


@pytest.mark.parametrize("name", METHODS)
def test_grid_parameters_can_be_set(name):
    estimator = make_classifier(name)
    for setting, values in METHODS[name].grid.items():
        assert len(values) > 1
        assert setting in setting_names(estimator)


@pytest.mark.parametrize("name", PIXEL_METHODS)
def test_steps_are_switched_on_and_off(name):
    settings = {"deskew": True, "denoise": 40, "pca": 30, "pca__whiten": True}
    steps = make_classifier(name, settings).named_steps
    assert type(steps["deskew"]).__name__ == "Deskew"
    assert steps["denoise"].n_components == 40
    assert (steps["pca"].n_components, steps["pca"].whiten) == (30, True)
    off = make_classifier(name, {"deskew": False, "scale": False, "denoise": None, "pca": 0})
    assert [step for _, step in off.steps[:-1]] == ["passthrough"] * 4


@pytest.mark.parametrize(
    ("method", "setting", "parameter"),
    [
        ("logistic", "C", "classify__C"),
        ("logistic-ovr", "C", "classify__estimator__C"),
        ("svm-rbf", "gamma", "classify__estimator__gamma"),
        ("svm-rbf", "cv", "classify__cv"),
        ("svm-rbf", "classify__estimator__C", "classify__estimator__C"),
        ("cnn", "epochs", "epochs"),
    ],
)
def test_short_names_refer_to_classifier_parameters(method, setting, parameter):
    assert find_parameter(make_classifier(method), setting, 3) == (parameter, 3)


def test_an_unknown_method_lists_those_that_there_are():
    with pytest.raises(UnknownNameError, match=r"unknown method 'logistics'; known: .*logistic"):
        make_classifier("logistics")


def test_an_unknown_setting_lists_those_that_there_are():
    with pytest.raises(UnknownNameError, match=r"unknown setting 'c'; known: C, .*deskew, .*pca"):
        make_classifier("logistic", {"c": 1})
    with pytest.raises(UnknownNameError, match=r"unknown setting 'pca'; known: .*epochs"):
        make_classifier("cnn", {"pca": 60})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C=0.1", ("C", 0.1)),
        ("pca=60", ("pca", 60)),
        ("deskew=True", ("deskew", True)),
        ("gamma=scale", ("gamma", "scale")),
        ("max_depth=none", ("max_depth", None)),
        ("C=1,1e-2", ("C", (1, 0.01))),
    ],
)
def test_settings_are_parsed(text, expected):
    assert parse_setting(text) == expected


@pytest.mark.parametrize("text", ["C", "=3", ""])
def test_a_setting_without_name_or_value_raises(text):
    with pytest.raises(DataError, match="must have the form name=value"):
        parse_setting(text)


def test_naming_methods_loads_neither_torch_nor_numba():
    code = (
        "import sys, numerals.classifiers.estimator_files\n"
        "import numerals.lab.fit, numerals.lab.onnx_export\n"
        "print([name for name in ('torch', 'numba', 'matplotlib') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout.strip() == "[]", found.stderr
