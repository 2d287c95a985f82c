import subprocess
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.utils.estimator_checks import parametrize_with_checks

from numerals.classifiers.cnn import CNN_METHODS, DigitCNNClassifier, TutorialCNNClassifier
from numerals.classifiers.cnn_checkpoint import Checkpoint
from numerals.classifiers.cnn_optimizers import OPTIMIZERS, SCHEDULES, one_cycle
from numerals.errors import ModelError, UnknownNameError
from numerals.models.runtime import load_onnxruntime

TUTORIAL = TutorialCNNClassifier(epochs=6, batch_size=32, n_jobs=1, random_state=0)
DIGIT = DigitCNNClassifier(
    epochs=6, batch_size=32, widths=(8, 8, 16), learning_rate=0.01, n_jobs=1, random_state=0
)
BOTH = pytest.mark.parametrize("estimator", [TUTORIAL, DIGIT], ids=["tutorial", "digit"])


@pytest.fixture(scope="module")
def small():
    """400 digits of 8x8, uint8 with ink of 255, and their labels."""
    X, y = load_digits(return_X_y=True)
    return np.minimum(X[:400] * 16, 255).astype(np.uint8), y[:400]


@pytest.fixture(scope="module")
def fitted(small):
    return {type(e): clone(e).fit(*small) for e in (TUTORIAL, DIGIT)}


SHORT = {"epochs": 4, "batch_size": 16}


@parametrize_with_checks(
    [
        clone(TUTORIAL).set_params(**SHORT),
        clone(DIGIT).set_params(**SHORT, widths=(4, 8, 8), learning_rate=0.02),
    ]
)
def test_passes_the_scikit_learn_checks(estimator, check):
    check(estimator)


@BOTH
def test_fit_learns_and_records_the_history(estimator, small, fitted):
    model = fitted[type(estimator)]
    assert model.score(*small) > 0.7
    assert [row["epoch"] for row in model.history_] == [1, 2, 3, 4, 5, 6]
    assert model.history_[-1]["loss"] < model.history_[0]["loss"]
    assert model.history_[-1]["accuracy"] > model.history_[0]["accuracy"]
    assert ("validation_accuracy" in model.history_[0]) == (estimator.validation_fraction > 0)


@BOTH
def test_a_seed_makes_fits_reproducible_and_preserves_torchs_generator(estimator, small, fitted):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    again = clone(estimator).fit(*small)
    assert torch.equal(torch.get_rng_state(), before)
    other = clone(estimator).set_params(random_state=1, epochs=1).fit(*small)
    weights = fitted[type(estimator)].weights_
    for name, array in again.weights_.items():
        np.testing.assert_array_equal(array, weights[name])
    assert any((array != weights[name]).any() for name, array in other.weights_.items())


class Stop(Exception):
    """What Ctrl-C would be."""


@BOTH
def test_a_resumed_fit_equals_an_uninterrupted_one(estimator, small, fitted, tmp_path, monkeypatch):
    path = tmp_path / "runs" / "run.pt"
    save = Checkpoint.save

    def save_and_stop(self, state):
        save(self, state)
        raise Stop

    halting = clone(estimator).set_params(checkpoint=str(path))
    for n_done in (1, 2):
        with monkeypatch.context() as patch, pytest.raises(Stop):
            patch.setattr(Checkpoint, "save", save_and_stop)
            clone(halting).fit(*small)
        assert len(torch.load(path, weights_only=True)["history"]) == n_done
    halting.fit(*small)
    straight = fitted[type(estimator)]
    for name, array in halting.weights_.items():
        np.testing.assert_array_equal(array, straight.weights_[name])
    assert [r["loss"] for r in halting.history_] == [r["loss"] for r in straight.history_]
    assert not list(path.parent.glob("*.partial"))
    written = path.stat().st_mtime_ns
    halting.fit(*small)  # no epoch is left
    assert path.stat().st_mtime_ns == written


def test_checkpoints_of_other_settings_or_data_are_rejected(small, tmp_path):
    X, y = small
    path = tmp_path / "run.pt"
    model = clone(DIGIT).set_params(checkpoint=str(path), epochs=1).fit(X, y)
    model.set_params(verbose=1, n_jobs=None).fit(X, y)  # these may change
    with pytest.raises(ModelError, match=r"has epochs=1; expected 2: .* remove this one"):
        clone(model).set_params(epochs=2).fit(X, y)
    with pytest.raises(ModelError, match="has data="):
        clone(model).fit(X, np.roll(y, 1))
    with pytest.raises(ModelError, match="has network=DigitCNNClassifier"):
        clone(TUTORIAL).set_params(checkpoint=str(path)).fit(X, y)
    path.write_bytes(b"no checkpoint")
    with pytest.raises(ModelError, match="not a checkpoint"):
        clone(model).fit(X, y)


def test_early_stopping_uses_the_best_epoch():
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 256, (120, 64)).astype(np.uint8), rng.integers(0, 3, 120)
    model = clone(DIGIT).set_params(epochs=40, validation_fraction=0.3, n_iter_no_change=2)
    model.fit(X, y)  # noise: nothing to learn that would hold elsewhere
    accuracies = [row["validation_accuracy"] for row in model.history_]
    assert model.n_iter_ == len(accuracies) < 40
    best = int(np.argmax(accuracies))
    assert best == len(accuracies) - 3
    shorter = clone(model).set_params(n_iter_no_change=None)
    with torch.random.fork_rng(devices=[]):
        order = torch.randperm(120, generator=torch.Generator().manual_seed(_seed(shorter)))
    held_out = order[-36:].numpy()
    assert model.score(X[held_out], y[held_out]) == pytest.approx(max(accuracies))


def _seed(model):
    return int(np.random.RandomState(model.random_state).randint(2**31 - 1))


def test_the_learning_rate_halves_when_accuracy_stagnates():
    X, y = np.zeros((40, 64), np.uint8), np.arange(40) % 2
    y[:8] = 0  # black images: the larger class is all that can be told
    model = clone(TUTORIAL).set_params(epochs=8, validation_fraction=0.0, augment=False).fit(X, y)
    rates = [row["learning_rate"] for row in model.history_]
    best = int(np.argmax([row["accuracy"] for row in model.history_]))
    assert rates[best + 3] == 0.001 and rates[best + 4] == 0.0005
    assert rates == sorted(rates, reverse=True)


@BOTH
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns_with_its_own_rate(estimator, optimizer, small):
    model = clone(estimator).set_params(optimizer=optimizer, learning_rate=None, epochs=4)
    model.fit(*small)
    assert model.history_[-1]["loss"] < model.history_[0]["loss"]
    rates = [row["learning_rate"] for row in model.history_]
    assert 0.4 <= max(rates) / model._learning_rates[optimizer] <= 1


@BOTH
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules_change_the_learning_rate(estimator, schedule, small):
    X, y = small
    model = clone(estimator).set_params(schedule=schedule, learning_rate=0.01, epochs=3)
    rates = [row["learning_rate"] for row in model.fit(X[:64], y[:64]).history_]
    if schedule == "one-cycle":
        assert rates[0] < rates[1] > rates[2]
    else:
        assert rates == [0.01, 0.01, 0.01]  # a plateau takes three epochs


@BOTH
@pytest.mark.parametrize(
    "settings, message",
    [
        ({"optimizer": "adamm"}, "unknown optimizer 'adamm'; known: adam, adamw, rmsprop, sgd"),
        ({"schedule": "step"}, "unknown schedule 'step'; known: constant, one-cycle, plateau"),
        ({"optimizer": None}, "unknown optimizer 'None'"),
    ],
)
def test_unknown_optimizers_and_schedules_list_the_known_ones(estimator, settings, message, small):
    with pytest.raises(UnknownNameError, match=message):
        clone(estimator).set_params(**settings).fit(*small)


def test_momentum_applies_to_sgd(small):
    plain, heavy = (
        clone(TUTORIAL).set_params(optimizer="sgd", epochs=1, momentum=momentum).fit(*small)
        for momentum in (0.0, 0.9)
    )
    assert plain.history_[0]["loss"] != heavy.history_[0]["loss"]
    with pytest.raises(ValueError, match=r"momentum=1.0 must be in \[0, 1\)"):
        clone(plain).set_params(momentum=1.0).fit(*small)


@BOTH
def test_augmented_images_are_distorted_and_reproducible(estimator):
    images = np.zeros((2, 28, 28), np.uint8)
    images[:, 4:24, 12:16] = 255
    found = estimator.augment_images(images, 3, random_state=1)
    assert found.shape == (2, 3, 28, 28) and found.dtype == np.uint8
    assert len({version.tobytes() for version in found.reshape(6, -1)}) == 6
    np.testing.assert_array_equal(found, estimator.augment_images(images, 3, random_state=1))
    off = clone(estimator).set_params(augment=0)
    np.testing.assert_array_equal(off.augment_images(images)[:, 0], images)


def test_one_cycle_rises_and_falls():
    shares = [one_cycle(done) for done in np.linspace(0, 1, 101)]
    assert shares[0] == pytest.approx(0.04) and shares[20] == 1 and shares[100] == 0
    assert shares[:21] == sorted(shares[:21]) and shares[20:] == sorted(shares[20:], reverse=True)


@pytest.mark.parametrize("epochs", [1, 2, 5])
def test_few_images_are_enough_for_a_step(epochs):
    X, y = np.eye(4, 64) * 255, [0, 1, 0, 1]
    model = clone(DIGIT).set_params(epochs=epochs).fit(X, y)
    assert all(row["learning_rate"] > 0 for row in model.history_)


@BOTH
def test_to_module_has_the_same_probabilities(estimator, small, fitted):
    X, _ = small
    model = fitted[type(estimator)]
    images = torch.from_numpy(X.astype(np.float32) / 255).reshape(-1, 1, 8, 8)
    proba = model.to_module()(images).softmax(dim=1).numpy()
    np.testing.assert_allclose(model.predict_proba(X), proba, atol=1e-6)
    np.testing.assert_array_equal(model.predict(X), model.classes_[proba.argmax(axis=1)])


def test_floats_are_scaled_by_the_largest_seen_in_fit(small):
    X, y = small
    model = clone(TUTORIAL).set_params(epochs=1)
    whole = model.fit(X, y).predict_proba(X)
    assert model.scale_ == 255
    shares = clone(model).fit(X / 255, y)
    assert shares.scale_ == pytest.approx(X.max() / 255)
    np.testing.assert_allclose(shares.predict_proba(X / 255), whole, atol=1e-3)
    np.testing.assert_allclose(model.predict_proba(X.astype(float)), whole, atol=1e-6)


@BOTH
@pytest.mark.parametrize("n_features, image_shape", [(60, (6, 10)), (11, None), (361, (19, 19))])
def test_images_of_any_shape(estimator, n_features, image_shape):
    rng = np.random.default_rng(0)
    X, y = rng.random((20, n_features)), np.arange(20) % 2
    model = clone(estimator).set_params(epochs=1, image_shape=image_shape).fit(X, y)
    assert model.image_shape_ == (image_shape or (1, n_features))
    proba = model.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)


@BOTH
def test_skops_round_trip(estimator, small, fitted):
    skops = pytest.importorskip("skops.io", reason="needs pip install 'numerals[lab]'")
    model = fitted[type(estimator)]
    data = skops.dumps(model)
    unknown = skops.get_untrusted_types(data=data)
    own = ("cnn." + type(model).__name__, "training_history.History")
    assert unknown == [f"numerals.classifiers.{name}" for name in own]
    loaded = skops.loads(data, trusted=unknown)
    np.testing.assert_array_equal(loaded.predict_proba(small[0]), model.predict_proba(small[0]))
    assert loaded.history_ == model.history_ and repr(loaded.history_) == repr(model.history_)


@BOTH
def test_onnx_gives_the_same_probabilities(estimator, small):
    pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")

    from numerals.classifiers.cnn_onnx import cnn_to_onnx

    X, y = small
    X, y = X[y != 3], y[y != 3]  # one class has no images
    model = clone(estimator).set_params(epochs=1).fit(X, y)
    file = cnn_to_onnx(model, (8, 8), model.classes_, 11, {"name": "trial"})
    session = load_onnxruntime().InferenceSession(file.SerializeToString())
    found = session.run(None, {"images": X.reshape(-1, 8, 8)})[0]
    assert found.shape == (len(X), 11) and not found[:, [3, 10]].any()
    np.testing.assert_allclose(found[:, model.classes_], model.predict_proba(X), atol=1e-5)
    assert session.get_modelmeta().custom_metadata_map == {"name": "trial"}
    with pytest.raises(ValueError, match="as many pixels"):
        cnn_to_onnx(model, (8, 9), model.classes_, 11)
    with pytest.raises(ValueError, match="a distinct column"):
        cnn_to_onnx(model, (8, 8), [0] * 9, 11)


def test_verbose_prints_one_line_per_epoch(small, capsys):
    X, y = small
    clone(TUTORIAL).set_params(epochs=1, verbose=1).fit(X[:40], y[:40])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("epoch   1/1  loss ")
    assert captured.err.count("\n") == 1 and " %  validation " in captured.err


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"epochs": 0}, "epochs=0 must be 1 or more"),
        ({"batch_size": 0}, "batch_size=0 must be 1 or more"),
        ({"learning_rate": -1.0}, "learning_rate=-1.0 must be above 0"),
        ({"validation_fraction": 1.0}, r"must be in \[0, 1\)"),
        ({"n_iter_no_change": 0, "validation_fraction": 0.1}, "n_iter_no_change=0 must be 1"),
        ({"n_iter_no_change": 2, "validation_fraction": 0}, "validation_fraction is 0; set it too"),
        ({"image_shape": (4, 4)}, r"image_shape=\(4, 4\) must have as many pixels .* 64"),
    ],
)
@BOTH
def test_parameters_out_of_range_raise(estimator, small, settings, message):
    with pytest.raises(ValueError, match=message):
        clone(estimator).set_params(**settings).fit(*small)


def test_methods_make_these_estimators():
    assert {name: type(method.make()) for name, method in CNN_METHODS.items()} == {
        "cnn-tutorial": TutorialCNNClassifier,
        "cnn": DigitCNNClassifier,
    }
    for method in CNN_METHODS.values():
        method.make().set_params(**{name: values[0] for name, values in method.grid.items()})


def test_importing_the_classifiers_does_not_import_torch():
    code = "import sys, numerals.classifiers.cnn; print('torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout.strip() == "False", found.stderr
