import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from sklearn.decomposition import PCA

from numerals.classifiers.pixel_transformers import DenoisePCA, Deskew, ScalePixels


def stroke(slant, side=21):
    """Return a line through the middle that leans by `slant` columns a row."""
    image = np.zeros((side, side))
    middle = side // 2
    for row in range(3, side - 3):
        column = middle + slant * (middle - row)
        left = int(np.floor(column))
        image[row, left : left + 2] = 255 * (1 - (column - left)), 255 * (column - left)
    return image.round().astype(np.uint8).reshape(1, -1)


def lean(images, side=21):
    """Return the slant of the ink, columns a row."""
    ink = images.reshape(side, side).astype(float)
    rows, columns = np.mgrid[:side, :side]
    rows, columns = rows - np.average(rows, weights=ink), columns - np.average(columns, weights=ink)
    return np.average(rows * columns, weights=ink) / np.average(rows**2, weights=ink)


@pytest.mark.parametrize("slant", [-0.8, -0.3, 0.25, 0.5, 1.0])
def test_deskew_makes_a_slanted_stroke_vertical(slant):
    upright = Deskew().fit_transform(stroke(slant))
    assert abs(lean(stroke(slant))) == pytest.approx(abs(slant), abs=0.02)
    assert abs(lean(upright)) < 0.03


def test_deskew_keeps_a_vertical_stroke():
    np.testing.assert_array_equal(Deskew().fit_transform(stroke(0)), stroke(0))


def test_deskew_keeps_the_ink_of_each_row():
    rows = stroke(0.4).reshape(21, 21).sum(axis=1, dtype=int)
    upright = Deskew().fit_transform(stroke(0.4)).reshape(21, 21).sum(axis=1, dtype=int)
    assert np.abs(rows - upright).max() <= 1  # rounding to grey levels


def test_deskew_keeps_uint8():
    assert Deskew().fit_transform(stroke(0.4)).dtype == np.uint8


def test_brightness_changes_no_slant():
    X = stroke(0.4).astype(np.float64)
    np.testing.assert_allclose(Deskew().fit_transform(X / 4), Deskew().fit_transform(X) / 4)


def test_blank_images_stay_blank():
    assert not Deskew().fit_transform(np.zeros((3, 49), np.uint8)).any()


def test_deskew_needs_image_shape_for_other_shapes():
    wide = np.zeros((1, 8, 12), np.uint8)
    wide[0, [1, 2, 3, 4, 5, 6], [8, 7, 6, 5, 4, 3]] = 255
    found = Deskew(image_shape=(8, 12)).fit_transform(wide.reshape(1, -1)).reshape(8, 12)
    assert (found > 0).any(axis=0).sum() == 2  # the middle of the line is between two columns
    with pytest.raises(ValueError, match="as many pixels as X has columns, 96"):
        Deskew(image_shape=(8, 8)).fit(wide.reshape(1, -1))


def test_scaled_pixels_are_single_floats():
    scaled = ScalePixels().fit_transform(np.arange(256, dtype=np.uint8).reshape(1, -1))
    assert scaled.dtype == np.float32
    np.testing.assert_array_equal(scaled[0], np.arange(256, dtype=np.float32) / np.float32(255))


def test_denoised_images_are_pca_reconstructions(known_fonts):
    X = known_fonts.images.reshape(len(known_fonts), -1) / 255
    pca = PCA(20, random_state=0).fit(X)
    rebuilt = pca.inverse_transform(pca.transform(X))
    np.testing.assert_allclose(DenoisePCA(20).fit_transform(X), rebuilt)


def test_more_components_have_a_smaller_error(known_fonts):
    X = known_fonts.images.reshape(len(known_fonts), -1) / 255
    losses = [np.square(X - DenoisePCA(n).fit_transform(X)).mean() for n in (5, 20, 80, 1000)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] == pytest.approx(0, abs=1e-20)
