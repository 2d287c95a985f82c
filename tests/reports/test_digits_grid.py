import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

from PIL import Image

from numerals.reports.digits_grid import plot_digits
from numerals.reports.figure_files import to_png


def test_digits_are_arranged_in_rows():
    images = np.zeros((7, 10, 10), np.uint8)
    images[:] = np.arange(1, 8)[:, None, None] * 30
    [axes] = plot_digits(images, [str(i) for i in range(7)], columns=3).axes
    mosaic = axes.images[0].get_array()
    assert [mosaic[r, c] for r, c in [(0, 0), (0, 11), (0, 22)]] == [30, 60, 90]
    assert [text.get_text() for text in axes.texts] == list("0123456")
    assert axes.images[0].get_clim() == (0, 255)


def test_colors_of_signed_maps_are_centered_at_zero():
    [axes] = plot_digits(np.array([[[-3.0, 1.0]]]), cmap="RdBu_r").axes
    assert axes.images[0].get_clim() == (-3, 3)


def test_captions_use_ascii_digits():
    [axes] = plot_digits(np.zeros((1, 4, 4), np.uint8), ["೭ → ೩"]).axes
    assert axes.texts[0].get_text() == "7 → 3"


def test_the_number_of_captions_is_checked():
    with pytest.raises(ValueError, match="1 titles for 2 images"):
        plot_digits(np.zeros((2, 4, 4), np.uint8), ["a"])


def test_png_has_a_white_background(tmp_path):
    path = tmp_path / "new" / "grid.png"
    to_png(plot_digits(np.zeros((4, 8, 8), np.uint8), list("abcd"), columns=2), path, dpi=50)
    with Image.open(path) as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == (0, 0, 0)
        assert picture.convert("RGB").getpixel((picture.width - 1, 0)) == (255, 255, 255)
