"""Training strips of composed pages."""

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")

from numerals.models.page_model import load_page_model
from numerals.synthesis.page_camera import SAMPLE_SIDE, PageSample
from numerals.synthesis.page_canvas import MARK, NUMBER, WRITING
from numerals.training.line_samples import LineSample
from numerals.training.page_strips import cut_composed, load_strips, save_strips


def page(*texts, kind=NUMBER, is_labelled=True):
    """Return a page of texts in a font of OpenCV, one below the other."""
    image = np.full((SAMPLE_SIDE, SAMPLE_SIDE, 3), 255, np.uint8)
    quads = []
    for i, text in enumerate(texts):
        x, y = 60, 80 + 100 * i
        (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.5, 2)
        cv2.putText(
            image, text, (x, y), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.5, (90, 30, 20), 2, cv2.LINE_AA
        )
        corners = [(x, y - height), (x + width, y - height), (x + width, y), (x, y)]
        quads.append(np.array(corners, np.float32))
    kinds = np.where(image[..., 0] < 200, kind, 0).astype(np.uint8)
    blank = np.zeros(kinds.shape, np.uint8)
    if not is_labelled:
        return PageSample(image, kinds, [], [], blank, blank, [])
    return PageSample(image, kinds, quads, [], blank, blank, list(texts))


def cut(sample):
    return list(cut_composed(sample, load_page_model(), np.random.default_rng(0)))


def test_strips_have_the_texts_of_the_detected_numbers():
    lines = cut(page("4711", "305", "28"))
    texts = [line.text for line in lines]
    assert len(set(texts)) == len(texts) >= 2 and set(texts) <= {"4711", "305", "28"}
    for line in lines:
        assert line.image.shape[0] == 40 and line.image.max() > 100


def test_detected_marks_are_strips_with_an_empty_text():
    lines = cut(page("4711", "305", kind=MARK, is_labelled=False))
    assert lines and {line.text for line in lines} == {""}


def test_detected_unlabelled_writing_is_left_out():
    assert cut(page("4711", "305", kind=WRITING, is_labelled=False)) == []


def test_numbers_with_unknown_characters_are_left_out():
    sample = page("4711", "305")
    sample.texts[0] = "四七"
    assert [line.text for line in cut(sample)] == ["305"]


def test_loaded_strips_equal_the_saved_ones(tmp_path):
    rng = np.random.default_rng(0)
    lines = [
        LineSample(rng.integers(0, 255, (40, width), np.uint8), text, is_doubtful=doubtful)
        for width, text, doubtful in ((50, "12", False), (16, "", True), (200, "3 4", False))
    ]
    save_strips(lines, tmp_path / "lines.npz")
    for saved, line in zip(load_strips(tmp_path / "lines.npz"), lines, strict=True):
        np.testing.assert_array_equal(saved.image, line.image)
        assert (saved.text, saved.is_doubtful) == (line.text, line.is_doubtful)
