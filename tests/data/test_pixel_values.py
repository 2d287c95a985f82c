"""Shape, scale and polarity of pixels are detected once per file, alike for all formats."""

import re

import numpy as np
import pytest

from numerals.data import read_digits, write_digits
from numerals.data.file_options import FileOptions, parse_scale
from numerals.data.npz import read_npz
from numerals.data.pixel_arrays import find_scale, to_bytes
from numerals.errors import DataError
from numerals.records import Digits

LABELS = np.arange(12) % 10


@pytest.fixture
def images():
    rng = np.random.default_rng(2)
    images = np.zeros((12, 6, 6), np.uint8)
    images[:, 2:4, 2:4] = rng.integers(0, 256, (12, 2, 2))
    images[3, 2, 2] = 255
    return images


def written(tmp_path, pixels, labels=LABELS):
    np.savez(tmp_path / "a.npz", images=pixels, labels=labels)
    return tmp_path / "a.npz"


@pytest.mark.parametrize(
    "change",
    [
        lambda images: images / 255,
        lambda images: (images / 255).astype(np.float32),
        lambda images: images.astype(np.float64),
        lambda images: images.astype(np.int32),
        lambda images: images / 127.5 - 1,
        lambda images: images[..., None],
        lambda images: images[:, None] / 255,
        lambda images: images.reshape(12, 36),
        lambda images: images.reshape(12, 36, 1) / 255,
        lambda images: np.stack([images] * 3, axis=-1),
        lambda images: np.stack([images] * 3, axis=1),
        lambda images: images.transpose(1, 2, 0),  # as in MATLAB files
        lambda images: 255 - images,
        lambda images: 1 - images / 255,
    ],
)
def test_usual_array_layouts_are_read(tmp_path, images, change):
    result = read_digits(written(tmp_path, change(images)))
    np.testing.assert_array_equal(result.images, images)
    assert result.labels.tolist() == LABELS.tolist()


@pytest.mark.parametrize("highest", [1, 16])
def test_bilevel_pixels_and_counts_to_sixteen(tmp_path, highest):
    pixels = np.zeros((12, 6, 6), np.int64)
    pixels[:, 2, 2] = highest
    assert read_digits(written(tmp_path, pixels)).images.max() == 255
    assert read_digits(written(tmp_path, pixels.astype(float))).images.max() == 255


@pytest.mark.parametrize(
    ("low", "high", "integral", "scale"),
    [
        (0, 1, False, (0, 1)),
        (0, 0.4, False, (0, 1)),  # faint digits
        (0, 0, True, (0, 255)),
        (-1, 1, False, (-1, 1)),
        (0, 254.6, False, (0, 255)),
        (0, 200, True, (0, 255)),
        (-0.42, 2.82, False, None),  # standardized
        (-0.42, 1, False, None),
        (0, 3.5, False, None),
        (0, 4095, True, None),
    ],
)
def test_scale_is_detected_from_the_range(low, high, integral, scale):
    assert find_scale(low, high, integral=integral) == scale


def test_undetectable_scale_names_the_option(tmp_path, images):
    path = written(tmp_path, (images / 255 - 0.1307) / 0.3081)
    with pytest.raises(DataError, match=r"-0\.424213 to 2\.82.*--scale -0\.4242:2\.82") as caught:
        read_digits(path)
    option = re.search(r"--scale (\S+)", str(caught.value))[1]
    result = read_digits(path, scale=parse_scale(option))
    np.testing.assert_allclose(result.images, images, atol=1)


def test_csv_scale_is_detected_over_the_whole_file(tmp_path, images, monkeypatch):
    monkeypatch.setattr(
        "numerals.data.kaggle_csv._BLOCK_BYTES", 200
    )  # some blocks have only integers
    pixels = (images.reshape(12, 36) / 255).tolist()
    lines = [",".join(f"{v:.6g}" for v in [label, *row]) for label, row in enumerate(pixels)]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    np.testing.assert_array_equal(read_digits(tmp_path / "a.csv").images, images)
    decimal = "\n".join(lines).replace(",", ";").replace(".", ",")
    (tmp_path / "b.csv").write_text(decimal)
    np.testing.assert_array_equal(read_digits(tmp_path / "b.csv").images, images)


def test_csv_error_names_the_pixel_out_of_range(tmp_path, images):
    rows = images.reshape(12, 36).astype(int)
    rows[7, 30] = 300
    lines = [",".join(map(str, [label, *row])) for label, row in enumerate(rows.tolist())]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"line 8, column 32: got '300'.*--scale 0:300"):
        read_digits(tmp_path / "a.csv", label_column="0")


@pytest.mark.parametrize("name", ["a.csv", "a-images-idx3-ubyte", "b.npz", "x.npy"])
def test_dark_ink_is_inverted_and_noted_in_all_formats(tmp_path, images, name):
    path = tmp_path / name
    dark = 255 - images
    if name == "b.npz":
        np.savez(path, images=dark)
    elif name == "x.npy":
        np.save(path, dark)
    else:
        write_digits(Digits(dark, LABELS), path)
    result = read_digits(path)
    np.testing.assert_array_equal(result.images, images)
    assert any("inverted" in note for note in result.notes)
    np.testing.assert_array_equal(read_digits(path, invert=False).images, dark)
    np.testing.assert_array_equal(read_digits(path, invert=True).images, images)


def test_transpose(tmp_path, images):
    path = written(tmp_path, images.transpose(0, 2, 1))
    np.testing.assert_array_equal(read_digits(path, transpose=True).images, images)


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.full((2, 4, 4), np.nan), "nan"),
        (np.full((2, 4, 4), "a"), "pixels of <U1"),
        (np.zeros((2, 7, 4, 5)), r"shape \(2, 7, 4, 5\)"),
        (np.zeros((2, 17)), r"shape \(2, 17\)"),
    ],
)
def test_invalid_image_arrays_are_refused(tmp_path, pixels, message):
    np.savez(tmp_path / "a.npz", images=pixels)
    with pytest.raises(DataError, match=message):
        read_npz(tmp_path / "a.npz", FileOptions())


def test_parse_scale():
    assert parse_scale("16") == (0, 16)
    assert parse_scale("-1:1") == (-1, 1)
    for bad in ("", "x", "1:1", "2:1", "nan", "0:inf"):
        with pytest.raises(DataError, match="black and white"):
            parse_scale(bad)
    assert to_bytes("a", np.array([[0, 1000]]), (0, 1000)).tolist() == [[0, 255]]
