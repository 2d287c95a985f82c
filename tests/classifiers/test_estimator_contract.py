import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from sklearn.pipeline import Pipeline
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from numerals.classifiers.cnn_base import CNNClassifier
from numerals.classifiers.estimator_files import own_estimators
from numerals.classifiers.mlp import PixelMLPClassifier

# Networks are held to it in test_cnn.py, with fewer epochs.
OWN = [estimator for estimator in own_estimators() if not isinstance(estimator, CNNClassifier)]
QUICK_MLP = {"hidden_layer_sizes": (32,), "learning_rate_init": 0.01, "max_iter": 30}
for _estimator in OWN:
    if isinstance(_estimator, PixelMLPClassifier):
        _estimator.set_params(**QUICK_MLP)


def known_failures(estimator):
    """Return what scikit-learn's own SVC and Pipeline fail too.

    libsvm counts weighted samples otherwise; a pipeline fits its last step in place.
    """
    if isinstance(estimator, Pipeline):
        names = ("check_dont_overwrite_parameters", "check_estimators_overwrite_params")
        return dict.fromkeys(names, "as Pipeline")
    names = ("dense", "sparse") if isinstance(estimator, SVC) else ()
    return {f"check_sample_weight_equivalence_on_{name}_data": "as SVC" for name in names}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(OWN, expected_failed_checks=known_failures)
def test_passes_the_scikit_learn_checks(estimator, check):
    check(estimator)
