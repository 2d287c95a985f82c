"""Occlusion finds the pixels that decide, and their sign."""

import numpy as np
import pytest

pytest.importorskip("threadpoolctl", reason="needs pip install 'numerals[lab]'")
from drawn_models import FakeModel

from numerals.errors import ModelError
from numerals.explain.occlusion import Occlusion


class Corner:
    """Predicts 1 if there is ink in rows 2 to 3, columns 9 to 10, else 0."""

    classes_ = np.arange(10)

    def predict_proba(self, X):
        ink = X.reshape(-1, 14, 14)[:, 2:4, 9:11].mean(axis=(1, 2)) / 255
        proba = np.full((len(X), 10), 0.01)
        proba[:, 1] = 0.01 + 0.9 * ink
        proba[:, 0] = 0.91 - 0.9 * ink
        return proba


IMAGE = np.full((14, 14), 255, np.uint8)


def test_only_the_deciding_patch_is_attributed():
    result = Occlusion(FakeModel(Corner()), patch=2, stride=1).attribute(IMAGE, 1, 0)
    assert result.score == pytest.approx(np.log(0.91 / 0.01), rel=1e-5)
    marked = np.argwhere(np.abs(result.values) > 1e-6)
    assert marked.min(axis=0).tolist() == [1, 8]  # squares that overlap it extend one pixel further
    assert marked.max(axis=0).tolist() == [4, 11]
    top, left = np.unravel_index(result.values.argmax(), result.values.shape)
    assert 2 <= top < 4 and 9 <= left < 11


def test_adjacent_squares_give_the_decrease_itself():
    result = Occlusion(FakeModel(Corner()), patch=7, stride=7).attribute(IMAGE, 1)
    decrease = np.log(0.91 / 0.09) - np.log(0.01 / 0.99)
    np.testing.assert_allclose(result.values[:7, 7:], decrease, rtol=1e-5)
    assert np.abs(result.values[7:]).max() < 1e-6
    assert result.residual is None


def test_missing_ink_has_negative_attribution():
    empty = np.zeros((14, 14), np.uint8)
    result = Occlusion(FakeModel(Corner()), patch=2, stride=2, fill=255).attribute(empty, 1, 0)
    assert result.values.min() < -1
    assert result.values.max() < 1e-6


def test_every_pixel_is_covered_whatever_the_stride():
    result = Occlusion(FakeModel(Corner()), patch=5, stride=4, fill=IMAGE).attribute(IMAGE, 1)
    assert np.isfinite(result.values).all()


@pytest.mark.parametrize(("patch", "stride"), [(0, 1), (3, 4), (15, 1), (3, 0)])
def test_bad_patches_and_strides_are_rejected(patch, stride):
    with pytest.raises(ModelError, match="1 <= stride <= patch <= 14"):
        Occlusion(FakeModel(Corner()), patch=patch, stride=stride)
