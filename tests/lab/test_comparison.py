import re
import subprocess

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

from numerals.errors import DataError, ModelError, UnknownNameError
from numerals.lab import comparison as compare_module
from numerals.lab import trial as trial_module
from numerals.lab.candidate import ComparisonCandidate, parse_candidate
from numerals.lab.comparison import compare
from numerals.lab.comparison_data import class_balance, split_train_test
from numerals.lab.trial import Trial, TrialError, peak_memory, run_trial, write_trial_data
from numerals.records import Digits
from numerals.reports.comparison_report import write_comparison_report
from numerals.reports.comparison_tables import methods_table
from numerals.reports.digit_tables import class_balance_table

N = 40
ACCURACIES = {"good": 0.9, "poor": 0.5, "fair": 0.8}


def make_digits(n=N, seed=0):
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (n, 28, 28)).astype(np.uint8)
    return Digits(images, np.arange(n) % 10, name="drawn")


def candidate(name):
    return ComparisonCandidate(name, name, {}, is_method=True)


@pytest.fixture
def trials(monkeypatch):
    """Replace processes: each method has a fixed accuracy, and "bad" fails."""

    def answer(name, settings, folder, *, fit):
        if name == "bad":
            raise TrialError("no memory")
        labels = np.arange(N) % 10
        answers = np.where(np.arange(N) < ACCURACIES[name] * N, labels, (labels + 1) % 10)
        proba = np.eye(10, dtype=np.float32)[answers]
        return Trial(proba, labels, 1.5 if name != "good" else None, 0.2, 12_345, 10**8)

    monkeypatch.setattr(compare_module, "run_trial", answer)


def test_methods_are_ranked_and_compared_with_the_best(trials):
    ended = []
    comparison = compare(
        [candidate(name) for name in ("poor", "good", "bad", "fair")],
        make_digits(),
        make_digits(seed=1),
        on_end=lambda candidate, outcome: ended.append(candidate.title),
    )
    assert [entry.title for entry in comparison.entries] == ["good", "fair", "poor"]
    assert comparison.failures == {"bad": "no memory"}
    assert ended == ["poor", "good", "bad", "fair"]
    best, fair, poor = comparison.entries
    assert best.against_best is None
    assert (fair.against_best.only_first, fair.against_best.only_second) == (4, 0)
    assert fair.against_best.p_value == pytest.approx(2 / 2**4)
    assert poor.against_best.p_value < 0.001
    assert poor.seconds_per_digit == pytest.approx(0.005)
    assert comparison.best is best
    assert [entry.may_equal_best for entry in comparison.entries] == [False, True, False]
    assert comparison.misclassified_by_all() == [36, 37, 38, 39]
    html = comparison._repr_html_()
    assert "80.00" in html and "no memory" in html
    assert "data:image/png" in html
    assert repr(comparison) == (
        "Comparison(drawn: good 90.00 %, fair 80.00 %, poor 50.00 %, bad failed)"
    )
    axes = comparison.plot()
    assert [text.get_text() for text in axes.texts] == ["good", "fair", "poor"]
    result = comparison.to_dict()
    assert result["methods"][1]["against_best"]["only_first"] == 4
    assert result["class_balance"] == {"train": [4] * 10, "test": [4] * 10}


def test_a_comparison_without_results_names_the_reasons(trials):
    comparison = compare([candidate("bad")], make_digits(), make_digits(seed=1))
    for use in (lambda: comparison.best, comparison.plot):
        with pytest.raises(ModelError, match="bad: no memory"):
            use()


def test_tables_and_report_show_the_same_results(trials, tmp_path):
    candidates = [candidate(name) for name in ("poor", "good", "bad")]
    comparison = compare(candidates, None, make_digits(seed=1))
    table = methods_table(comparison).to_text()
    assert re.search(r"^good +90\.00 .* – +5 +12\.3 kB +100 MB +best$", table, re.MULTILINE)
    balance = class_balance_table(comparison.balance, comparison.test.classes)
    assert balance.head == ("class", "test", "%")
    assert balance.rows[0] == ("0", "4", "10.0")
    path = tmp_path / "compare.html"
    write_comparison_report(path, comparison, data="drawn")
    html = path.read_text(encoding="utf-8")
    for text in ("Class balance", "no memory", "only good right", "Misclassified by every method"):
        assert text in html
    assert html.count("<li><img") == 4 + 4  # errors of the best method, and of every method
    assert not re.search(r'(?:src|href)="(?!#|data:)', html)


def test_settings_are_parsed_with_the_method():
    candidate = parse_candidate("logistic:C=0.1,deskew=true,solver=saga,pca=60")
    assert (candidate.name, candidate.is_method) == ("logistic", True)
    assert candidate.settings == {"C": 0.1, "deskew": True, "solver": "saga", "pca": 60}
    assert parse_candidate("cnn:widths=8,16,epochs=1").settings == {"widths": (8, 16), "epochs": 1}
    assert not parse_candidate("latin").is_method


def test_unknown_methods_raise_an_error_that_lists_known_ones():
    with pytest.raises(UnknownNameError, match=r"unknown method.*'transformer'; known: .*logistic"):
        parse_candidate("transformer")


def test_data_without_a_test_split_are_split():
    whole = make_digits()
    train, test = split_train_test(whole, whole)
    assert (len(train), len(test)) == (32, 8)
    together = np.concatenate([train.images, test.images]).reshape(N, -1)
    assert len(np.unique(together, axis=0)) == N
    other = make_digits(seed=1)
    assert split_train_test(whole, other) == (whole, other)
    with pytest.raises(DataError, match="too few"):
        split_train_test(make_digits(2), make_digits(2))


def test_digits_without_labels_are_rejected():
    digits = make_digits(3)
    digits.labels[1] = -1
    with pytest.raises(DataError, match="drawn, test: 1 digits have no label"):
        class_balance(None, digits)


def test_a_model_is_scored_in_its_own_process(tmp_path):
    test = make_digits(25)
    write_trial_data(tmp_path, None, test)
    trial = run_trial("latin", {}, tmp_path, fit=False)
    from numerals.models import load_model, model_path

    np.testing.assert_allclose(trial.proba, load_model().predict_proba(test.images), atol=1e-5)
    assert trial.labels.tolist() == test.labels.tolist()
    assert trial.fit_seconds is None and trial.predict_seconds > 0
    assert trial.n_bytes == model_path("latin").stat().st_size
    assert trial.peak_bytes is None or trial.peak_bytes > 2e7


def test_the_last_line_of_stderr_is_the_error_message(tmp_path):
    write_trial_data(tmp_path, None, make_digits(3))
    with pytest.raises(TrialError, match=r"missing\.onnx: no such model file"):
        run_trial("missing.onnx", {}, tmp_path, fit=False)


def test_an_interrupt_ends_the_process(tmp_path, monkeypatch):
    started = []

    class Interrupted(subprocess.Popen):
        def wait(self, timeout=None):
            if self not in started:
                started.append(self)
                raise KeyboardInterrupt
            return super().wait(timeout)

    monkeypatch.setattr(trial_module.subprocess, "Popen", Interrupted)
    write_trial_data(tmp_path, None, make_digits(3))
    with pytest.raises(KeyboardInterrupt):
        run_trial("latin", {}, tmp_path, fit=False)
    assert started[0].returncode is not None


def test_memory_of_the_parent_process_is_not_counted(tmp_path):
    if peak_memory() is None:
        pytest.skip("this system does not report peak memory")
    ours = np.ones(40_000_000)
    write_trial_data(tmp_path, None, make_digits(3))
    assert run_trial("latin", {}, tmp_path, fit=False).peak_bytes < ours.nbytes < peak_memory()
