import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from sklearn.model_selection import GridSearchCV

from numerals.classifiers import METHODS, make_classifier
from numerals.classifiers.training_history import History
from numerals.errors import UnknownNameError
from numerals.records import Digits

FAST = [name for name in METHODS if not name.startswith("cnn")]
SETTINGS = {
    "svm-rbf": {"pca": 9},
    "random-forest": {"n_estimators": 5},
    "extra-trees": {"n_estimators": 5},
}


@pytest.fixture
def blobs():
    """Forty images of 6x9 in two classes, one bright on the left, one on the right."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 60, (40, 6, 9)).astype(np.uint8)
    y = np.arange(40) % 2
    images[y == 0, :, :3] += 150
    images[y == 1, :, 6:] += 150
    return images, y


@pytest.mark.parametrize("name", FAST)
def test_images_are_taken_as_rows_of_pixels_are(name, blobs):
    images, y = blobs
    settings = SETTINGS.get(name, {})
    fitted = make_classifier(name, settings).fit(images, y)
    assert fitted.score(images, y) == 1
    rows = images.reshape(40, -1)
    flat = make_classifier(name, settings)
    if "image_shape" in str(flat.get_params()):
        flat.set_params(**{k: (6, 9) for k in flat.get_params() if k.endswith("image_shape")})
    flat.fit(rows, y)
    np.testing.assert_array_equal(fitted.predict_proba(images), flat.predict_proba(rows))
    np.testing.assert_array_equal(fitted.predict(images), fitted.predict(rows))


def test_neighbors_are_found_for_images(blobs):
    images, y = blobs
    fitted = make_classifier("cosine", n_neighbors=3).fit(images, y)
    values, indices = fitted.kneighbors(images[:5])
    assert indices[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert values.shape == (5, 3)
    assert not hasattr(make_classifier("ridge"), "kneighbors")
    assert not hasattr(make_classifier("random-forest"), "decision_function")
    assert hasattr(make_classifier("ridge"), "decision_function")


def test_images_of_another_shape_are_refused(blobs):
    images, y = blobs
    fitted = make_classifier("idm").fit(images, y)
    with pytest.raises(
        ValueError, match=r"images of 9x6 pixels, but .* was fitted to images of 6x9"
    ):
        fitted.predict(images.transpose(0, 2, 1))


def test_a_second_fit_learns_another_shape(blobs):
    images, y = blobs
    fitted = make_classifier("idm").fit(images, y)
    assert fitted.named_steps["deskew"].image_shape_ == (6, 9)
    fitted.fit(images[:, :, 1:7], y)
    assert fitted.named_steps["classify"].image_shape_ == (6, 6)
    fitted.fit(images[:, :4], y)
    assert fitted.named_steps["deskew"].image_shape_ == (4, 9)
    fixed = make_classifier("tangent-distance", image_shape=(3, 18)).fit(images, y)
    assert fixed.named_steps["classify"].image_shape_ == (3, 18)


def test_settings_have_the_same_names_everywhere(blobs):
    images, y = blobs
    grid = {"C": [1, 10], "pca": [3, None]}
    search = GridSearchCV(make_classifier("svm-rbf"), grid, cv=2).fit(images, y)
    assert search.best_score_ == 1
    assert set(search.best_params_) == {"C", "pca"}
    ridge = make_classifier("ridge").set_params(alpha=1, deskew=True)
    assert ridge.get_params()["classify__estimator__alpha"] == 1
    assert ridge.set_params(classify__estimator__alpha=2, verbose=True).verbose is True
    assert make_classifier("ridge", {"alpha": 3}, pca=5).get_params()["pca__n_components"] == 5
    with pytest.raises(UnknownNameError, match="unknown setting 'depth'; known: C, "):
        make_classifier("logistic").set_params(depth=3)


def test_a_history_is_a_list_that_draws_itself():
    pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")
    rows = [
        {"epoch": n, "loss": 1 / n, "accuracy": 1 - 0.5 / n, "validation_accuracy": 0.5 + n / 20}
        for n in (1, 2, 3)
    ]
    history = History(rows)
    assert history == rows and len(history) == 3 and history[-1]["epoch"] == 3
    assert repr(history) == ("History(3 epochs: loss 0.3333, accuracy 83.33 %, validation 65.00 %)")
    axes = history.plot()
    assert [line.get_ydata().tolist()[-1] for line in axes.lines] == [1 - 0.5 / 3, 0.65]
    assert history.plot(ax=axes) is axes
    html = history._repr_html_()
    assert "<th>validation accuracy</th>" in html and "<img" in html
    assert repr(History()) == "History(0 epochs)"
    with pytest.raises(ValueError, match="no epochs"):
        History().plot()


def test_a_data_set_instead_of_its_images_is_refused():
    digits = Digits(np.zeros((4, 8, 8), np.uint8), np.arange(4) % 2)
    with pytest.raises(TypeError, match=r"pass digits\.images"):
        make_classifier("ridge").fit(digits, digits.y)
