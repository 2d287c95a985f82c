"""Files are read in color, and passed on in grayscale."""

import numpy as np
import pytest
from PIL import Image

import numerals
from numerals.reading import read_file


@pytest.fixture(scope="module")
def reader():
    return numerals.Reader()


@pytest.fixture
def hidden(draw, tmp_path):
    """Return a file with red ink on green paper of the same luminance."""
    ink = 1 - draw("402719", margin=60).astype(float)[:, :, None] / 245
    colors = np.array([255, 64, 64]) * ink + np.array([77, 155, 77]) * (1 - ink)
    path = tmp_path / "hidden.png"
    Image.fromarray(colors.clip(0, 255).astype(np.uint8)).save(path)
    return path


def test_ink_that_differs_only_in_hue_is_read(reader, hidden):
    assert read_file(reader, hidden, "hidden").texts == ("402719",)


def test_a_file_and_its_array_are_read_alike(reader, hidden):
    [page] = read_file(reader, hidden, str(hidden)).pages
    assert page.lines == reader.read(hidden).lines


def test_callbacks_receive_grayscale_pictures(reader, hidden):
    pictures = []
    read_file(reader, hidden, "hidden", on_page=lambda page, picture: pictures.append(picture))
    [picture] = pictures
    assert picture.pixels.ndim == 2 and picture.pixels.dtype == np.uint8
