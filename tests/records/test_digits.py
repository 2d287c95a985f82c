import numpy as np
import pytest

import numerals
from numerals.records import Digits
from numerals.scripts import SCRIPTS


@pytest.fixture
def digits():
    images = np.arange(12, dtype=np.uint8)[:, None, None] * np.ones((1, 4, 5), np.uint8)
    labels = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, -1, 8])
    return Digits(
        images, labels, SCRIPTS["kannada"], "pi", "kannada", np.arange(12) // 4, ("a note",)
    )


@pytest.mark.parametrize(
    ("key", "indices"),
    [
        (slice(2, 5), [2, 3, 4]),
        (slice(None), list(range(12))),
        (np.arange(12) % 4 == 0, [0, 4, 8]),
        (np.array([7, 0]), [7, 0]),
        ([3, 1, -1], [3, 1, 11]),
        ([], []),
        ([False] * 11 + [True], [11]),
    ],
)
def test_slices_masks_and_indices_select_digits(digits, key, indices):
    selected = digits[key]
    assert selected.images[:, 0, 0].tolist() == indices
    assert selected.labels.tolist() == digits.labels[indices].tolist()
    assert selected.writers.tolist() == digits.writers[indices].tolist()
    for name in ("classes", "name", "script", "notes"):
        assert getattr(selected, name) == getattr(digits, name)


def test_a_slice_copies_no_pixels(digits):
    assert np.shares_memory(digits[2:7].images, digits.images)
    assert np.shares_memory(digits.X, digits.images)


def test_an_index_gives_an_image_and_its_label(digits):
    for index in (2, np.int64(2), -10):
        image, label = digits[index]
        assert image[0, 0] == 2 and label == 4 and type(label) is int
    with pytest.raises(IndexError):
        digits[12]


@pytest.mark.parametrize("key", [(1, 2), "3", 1.5, True, [0.5, 1.5], None, np.zeros((2, 2), bool)])
def test_other_keys_are_refused_with_examples(digits, key):
    with pytest.raises(TypeError, match=r"digits\[:100\]"):
        digits[key]


def test_a_mask_must_have_the_length_of_the_data(digits):
    with pytest.raises(IndexError, match="12"):
        digits[[True, False]]


def test_iteration_yields_images_with_labels(digits):
    pairs = list(digits)
    assert [label for _, label in pairs] == digits.y.tolist()
    assert [image[0, 0] for image, _ in pairs] == list(range(12))


def test_flat_pixels_and_labels(digits):
    assert digits.X.shape == (12, 20)
    assert digits[:0].X.shape == (0, 20)
    assert digits.y is digits.labels


def test_counts_leave_out_digits_without_label(digits):
    assert list(digits.counts().values()) == [0, 2, 1, 2, 1, 2, 1, 0, 1, 1]
    assert list(digits.counts()) == list(SCRIPTS["kannada"])


def test_samples_are_random_without_repetition(digits):
    sample = digits.sample(12, random_state=0)
    assert sorted(sample.images[:, 0, 0].tolist()) == list(range(12))
    assert sample.images[:, 0, 0].tolist() != list(range(12))
    again = digits.sample(5, random_state=0)
    np.testing.assert_array_equal(again.images, sample.images[:5])
    with pytest.raises(ValueError, match="between 0 and the number of digits, 12"):
        digits.sample(13)


def test_repr_is_one_line(digits):
    text = repr(digits)
    assert text.startswith("Digits(pi: 12 images of 4x5 pixels, 10 classes ೦ ೧")
    assert "1 without label" in text
    many = Digits(digits.images, digits.labels, tuple(map(chr, range(65, 127))))
    assert "62 classes," in repr(many)
    assert len(repr(many)) < 100


def test_notebooks_show_counts_and_a_contact_sheet(digits):
    html = Digits(digits.images, digits.labels, name="<b>")._repr_html_()
    assert "&lt;b&gt;: 12 images" in html
    assert "1: 2" in html
    assert "data:image/png;base64," in html
    assert len(Digits(digits.images[:0], digits.labels[:0])._repr_html_()) > 0


def test_plot_labels_each_digit_with_its_class(digits):
    pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")
    import matplotlib.pyplot as plt

    texts = [text.get_text() for text in digits[9:].plot(columns=2).texts]
    assert texts == ["3", "?", "8"]  # matplotlib's font has no Kannada
    axes = plt.figure().subplots()
    assert digits[:2].plot(titles=["a", "b"], ax=axes) is axes
    assert [text.get_text() for text in axes.texts] == ["a", "b"]
    too_many = Digits(np.zeros((1001, 2, 2), np.uint8), np.zeros(1001, np.int64))
    with pytest.raises(ValueError, match=r"1,001 images are too many .* \[:100\]"):
        too_many.plot()


def test_digits_load_by_name_as_objects_or_arrays(data_folder):
    digits = numerals.load_digits("mnist", split="test")
    X, y = numerals.load_digits("mnist", split="test", return_X_y=True)
    assert X.shape == (10_000, 784) and X.dtype == np.uint8
    assert y.dtype == np.int64
    np.testing.assert_array_equal(X, digits.X)
    assert digits.counts()["0"] == 980
