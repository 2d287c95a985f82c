import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.classifiers import make_classifier
from numerals.classifiers.estimator_files import load_estimator, save_model
from numerals.classifiers.mlp import PixelMLPClassifier
from numerals.lab import fit_method

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_the_history_has_a_row_per_epoch(known_fonts):
    X, y = known_fonts.images.reshape(len(known_fonts), -1) / 255, known_fonts.labels
    model = PixelMLPClassifier((20,), max_iter=5, early_stopping=True, random_state=0).fit(X, y)
    assert [row["epoch"] for row in model.history_] == [1, 2, 3, 4, 5]
    assert [row["loss"] for row in model.history_] == model.loss_curve_
    assert [row["validation_accuracy"] for row in model.history_] == model.validation_scores_
    assert {row["learning_rate"] for row in model.history_} == {0.001}
    adaptive = PixelMLPClassifier((20,), solver="sgd", learning_rate="adaptive", max_iter=2)
    assert "learning_rate" not in adaptive.fit(X, y).history_[0]
    assert PixelMLPClassifier((20,), solver="lbfgs", max_iter=2).fit(X, y).history_ == []


def test_files_hold_the_weights_once_and_predict_the_same(known_fonts, other_fonts, tmp_path):
    model = fit_method("mlp", known_fonts, {"max_iter": 10})
    save_model(model, tmp_path / "mlp.skops")
    n_weights = sum(weights.size for weights in model.estimator[-1].coefs_)
    assert (tmp_path / "mlp.skops").stat().st_size < 1.3 * 4 * n_weights
    found = load_estimator(tmp_path / "mlp.skops").predict_proba(other_fonts.images)
    np.testing.assert_array_equal(found, model.predict_proba(other_fonts.images))


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
@pytest.mark.parametrize("layers", [20, (20, 10)], ids=["one-layer", "two-layers"])
def test_every_activation_can_be_exported(activation, layers, known_fonts, other_fonts, tmp_path):
    pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")
    from numerals.lab import export_model

    settings = {"activation": activation, "hidden_layer_sizes": layers, "max_iter": 10}
    model = fit_method("mlp", known_fonts, settings)
    assert export_model(model, tmp_path / "mlp.onnx", other_fonts.images).max_difference < 2e-5


def test_hidden_layers_can_be_set():
    model = make_classifier("mlp", {"hidden_layer_sizes": (64, 32), "pca": 40})
    assert model.named_steps["classify"].hidden_layer_sizes == (64, 32)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="only one class"):
        make_classifier("mlp").fit(np.zeros((3, 8, 8), np.uint8), [7, 7, 7])
