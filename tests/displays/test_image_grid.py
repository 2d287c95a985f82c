import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

from PIL import Image

from numerals.displays.chart_style import render_figure
from numerals.displays.image_grid import plot_images
from numerals.reports.figure_files import to_png


def test_digits_are_arranged_in_rows():
    images = np.zeros((7, 10, 10), np.uint8)
    images[:] = np.arange(1, 8)[:, None, None] * 30
    axes = plot_images(images, [str(i) for i in range(7)], columns=3)
    mosaic = axes.images[0].get_array()
    assert [mosaic[r, c] for r, c in [(0, 0), (0, 11), (0, 22)]] == [30, 60, 90]
    assert [text.get_text() for text in axes.texts] == list("0123456")
    assert axes.images[0].get_clim() == (0, 255)


def test_colors_of_signed_maps_are_centered_at_zero():
    axes = plot_images(np.array([[[-3.0, 1.0]]]), cmap="RdBu_r")
    assert axes.images[0].get_clim() == (-3, 3)


def test_captions_use_ascii_digits():
    axes = plot_images(np.zeros((1, 4, 4), np.uint8), ["೭ → ೩"])
    assert axes.texts[0].get_text() == "7 → 3"


def test_captions_are_plain_text():
    axes = plot_images(np.zeros((2, 4, 4), np.uint8), [3, "$\\zoo$"])
    assert [text.get_text() for text in axes.texts] == ["3", "$\\zoo$"]
    axes.figure.draw_without_rendering()


def test_the_number_of_captions_is_checked():
    with pytest.raises(ValueError, match="1 titles for 2 images"):
        plot_images(np.zeros((2, 4, 4), np.uint8), ["a"])


def test_constrained_layout_as_the_default_does_not_warn():
    with matplotlib.rc_context({"figure.constrained_layout.use": True}):
        axes = plot_images(np.zeros((2, 4, 4), np.uint8))
        axes.figure.draw_without_rendering()  # a warning fails the test


def test_png_has_a_white_background(tmp_path):
    path = tmp_path / "new" / "grid.png"
    figure = render_figure(plot_images, np.zeros((4, 8, 8), np.uint8), list("abcd"), columns=2)
    to_png(figure, path, dpi=50)
    with Image.open(path) as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == (0, 0, 0)
        assert picture.convert("RGB").getpixel((picture.width - 1, 0)) == (255, 255, 255)
