import json
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.errors import DataError
from numerals.lab.data_audit import DuplicateCounts
from numerals.lab.digit_audit import Predictor, audit_digits
from numerals.lab.fit import fit_method
from numerals.lab.out_of_sample import assign_folds, cross_validated_proba
from numerals.records import Digits

FAST = Predictor("logistic", {"max_iter": 30, "pca": 30})


@pytest.fixture
def digits():
    """Return 200 digits: ten patterns with noise, so that no two are near duplicates."""
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 10
    images = rng.integers(0, 128, (10, 14, 14))[labels] + rng.integers(0, 128, (200, 14, 14))
    return Digits(images.astype(np.uint8), labels, name="patterns")


def relabel(digits, index, label):
    labels = digits.labels.copy()
    labels[index] = label
    return replace(digits, labels=labels)


def test_a_wrong_label_ranks_first_with_the_right_one_suggested(known_fonts):
    wrong = relabel(known_fonts, 123, 6)  # a three
    audit = audit_digits(wrong, FAST, top=5)
    first = audit.labels[0]
    assert (first.picture.index, first.picture.label, first.suggestion) == (123, "6", "3")
    assert first.is_suspect and first.suggestion_proba > first.label_proba
    assert audit.n_suspects >= 1 and len(audit.labels) == 5
    assert audit.sizes == {"all": 300} and 0.5 < audit.agreement < 1


def test_duplicates_across_splits_with_different_labels_come_first(digits):
    train, test = digits[0:150], digits[150:200]
    test = replace(
        test,
        images=np.concatenate([test.images, train.images[[40, 41, 42]]]),
        labels=np.concatenate([test.labels, [0, 7, 2]]),  # the second one is a one
    )
    audit = audit_digits({"train": train, "test": test}, FAST, top=2)
    assert audit.n_duplicates == DuplicateCounts(3, 3, 1, {"train": 3, "test": 3})
    assert len(audit.duplicates) == 2
    first = audit.duplicates[0]
    assert first.is_exact and first.crosses_splits and first.has_label_conflict
    assert [(p.split, p.index) for p in first.pictures] == [("train", 41), ("test", 51)]
    assert not audit.duplicates[1].has_label_conflict


def test_outliers_name_their_split_and_file(digits):
    test = digits[list(range(50))]  # a copy
    test.images[7, :10] = 0
    files = {"test": [f"{i}.png" for i in range(50)]}
    found = audit_digits({"train": digits, "test": test}, FAST, files=files).outliers[0]
    assert found.picture.to_dict() == {"split": "test", "index": 7, "label": "7", "file": "7.png"}
    assert found.score > 1.2


def test_an_existing_model_replaces_the_cross_validation(known_fonts, other_fonts):
    model = fit_method("logistic", known_fonts)
    audit = audit_digits(relabel(other_fonts, 30, 8), Predictor(model=model), top=10)
    assert 30 in [finding.picture.index for finding in audit.labels[:3]]
    assert audit.predictions == "existing model logistic"
    assert audit.notes == (
        "the model was trained on: fonts train; errors in labels that it was trained on are missed",
    )


def test_digits_without_a_comparable_label_are_left_out(known_fonts):
    digits = replace(known_fonts, classes=(*"0123456789", "x"))
    digits = relabel(relabel(digits, 0, -1), 1, 10)
    audit = audit_digits(digits, FAST, top=300)
    assert {finding.picture.index for finding in audit.labels} == set(range(2, 300))
    assert audit.notes == (
        "digits without a label: 1",
        "labels that are not audited, because no other digit has the same: 1",
    )


@pytest.mark.parametrize(
    ("labels", "message"),
    [(-1, "none of 30 digits has a label"), (4, "1 class with two or more digits")],
)
def test_data_without_labels_to_compare_are_refused(known_fonts, labels, message):
    digits = Digits(known_fonts.images[:30], np.full(30, labels))
    with pytest.raises(DataError, match=message):
        audit_digits(digits, FAST)


def test_an_existing_model_audits_a_single_class(known_fonts):
    sevens = known_fonts[known_fonts.labels == 7]
    audit = audit_digits(sevens, Predictor(model=fit_method("logistic", known_fonts)), top=3)
    assert {finding.picture.label for finding in audit.labels} == {"7"}
    with pytest.raises(DataError, match="fewer than two digits"):
        audit_digits(sevens[:1])


def test_splits_with_different_sizes_are_refused(known_fonts, strokes):
    with pytest.raises(DataError, match=r"28x28 pixels, those of train 14x14"):
        audit_digits({"train": known_fonts, "test": strokes}, FAST)


def test_writers_and_equal_images_are_never_divided_between_folds(known_fonts):
    by_writer = replace(known_fonts, writers=np.arange(300) // 10 % 7)
    folds = assign_folds(by_writer, 3)
    for writer in range(7):
        assert len(set(folds[by_writer.writers == writer])) == 1
    assert np.bincount(folds).min() > 60
    copies = replace(known_fonts, images=np.repeat(known_fonts.images[:100], 3, axis=0))
    folds = assign_folds(copies, 5).reshape(100, 3)
    assert (folds == folds[:, :1]).all()
    assert np.bincount(folds[:, 0]).tolist() == [20] * 5


def test_each_fold_is_predicted_without_its_own_labels(known_fonts):
    digits = replace(known_fonts, labels=np.random.default_rng(0).permutation(known_fonts.labels))
    proba = cross_validated_proba(digits, "cosine")
    assert (proba.argmax(axis=1) == digits.labels).mean() < 0.2  # in-sample it would be 1


def test_a_single_writer_cannot_be_cross_validated(known_fonts):
    digits = replace(known_fonts, writers=np.zeros(300, np.int64))
    with pytest.raises(DataError, match="all digits are by the same writer"):
        audit_digits(digits, FAST)


def test_results_are_ready_for_json(digits):
    audit = audit_digits({"train": digits, "test": digits[:30]}, FAST, top=2)
    result = json.loads(json.dumps(audit.to_dict()))
    assert result["duplicate_groups"] == {
        "groups": 30,
        "across_splits": 30,
        "label_conflicts": 0,
        "repeated": {"train": 30, "test": 30},
    }
    assert [len(result[kind]) for kind in ("labels", "duplicates", "outliers")] == [2, 2, 2]
