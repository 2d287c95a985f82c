"""HDF5 (usps.h5, plain data sets, .mat 7.3) and MATLAB's .mat (EMNIST's struct, plain arrays)."""

import sys

import numpy as np
import pytest

h5py = pytest.importorskip("h5py")
scipy_io = pytest.importorskip("scipy.io")

from numerals.data import read_digits
from numerals.errors import DataError, MissingExtraError, UnknownNameError

LABELS = np.array([3, 0, 7, 7, 9, 1, 2, 4])


@pytest.fixture
def images():
    rng = np.random.default_rng(4)
    images = np.zeros((8, 16, 16), np.uint8)
    images[:, 4:12, 3:12] = rng.integers(0, 256, (8, 8, 9))
    return images


def same(result, images, labels=LABELS):
    np.testing.assert_array_equal(result.images, images)
    assert result.labels.tolist() == list(labels)
    assert result.classes == tuple("0123456789")


def write_h5(path, arrays, **options):
    with h5py.File(path, **{"mode": "w", **options}) as file:
        for name, values in arrays.items():
            file.create_dataset(name, data=values)
    return path


@pytest.mark.parametrize("low", [0, -1], ids=["0..1", "-1..1"])
def test_usps(tmp_path, images, low):
    flat = images.reshape(8, -1) / 255 * (1 - low) + low
    arrays = {
        "train/data": flat.astype(np.float32),
        "train/target": LABELS,
        "test/data": flat[:2].astype(np.float32),
        "test/target": LABELS[:2],
    }
    path = write_h5(tmp_path / "usps.h5", arrays)
    result = read_digits(path)
    same(result, images)
    assert result.notes == ("split train of test, train (--split)",)
    same(read_digits(path, split="test"), images[:2], LABELS[:2])
    with pytest.raises(UnknownNameError, match="test, train"):
        read_digits(path, split="validation")


@pytest.mark.parametrize(
    "names", [("images", "labels"), ("x_train", "y_train"), ("X", "y"), ("data", "Target")]
)
def test_plain_data_sets(tmp_path, images, names):
    arrays = {names[0]: images, names[1]: np.eye(10)[LABELS]}
    same(read_digits(write_h5(tmp_path / "a.hdf5", arrays)), images)


def test_column_options_select_the_data_sets(tmp_path, images):
    arrays = {"a/one": images, "a/two": LABELS, "b": images}
    path = write_h5(tmp_path / "a.h5", arrays)
    with pytest.raises(DataError, match=r"a/one \(8, 16, 16\).*--image-column"):
        read_digits(path)
    same(read_digits(path, image_column="a/one", label_column="a/two"), images)


def test_matlab_7_3_axes_are_reversed(tmp_path, images):
    arrays = {"X": images.reshape(8, -1).T, "y": LABELS[None]}
    path = write_h5(tmp_path / "a.mat", arrays, userblock_size=512)
    with path.open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64")
    same(read_digits(path), images)


def test_links_and_external_data_are_not_followed(tmp_path, images):
    write_h5(tmp_path / "secret.h5", {"images": images})
    (tmp_path / "raw").write_bytes(images.tobytes())
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["images"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "images")
    with pytest.raises(DataError, match="no arrays"):
        read_digits(tmp_path / "a.h5")
    with h5py.File(tmp_path / "b.h5", "w") as file:
        where = [(str(tmp_path / "raw"), 0, images.nbytes)]
        file.create_dataset("images", shape=images.shape, dtype=np.uint8, external=where)
    with pytest.raises(DataError, match="is stored in another file"):
        read_digits(tmp_path / "b.h5")


def test_declared_sizes_beyond_the_stored_bytes_are_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("images", shape=(1 << 20, 28, 28), dtype=np.uint8, chunks=(64, 28, 28))
    with pytest.raises(DataError, match="but holds 0"):
        read_digits(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("images", shape=(1 << 40, 28, 28), dtype=np.uint8, chunks=(64, 28, 28))
    with pytest.raises(DataError, match="at most"):
        read_digits(tmp_path / "a.h5")


def test_emnist_struct_is_read_as_stored(tmp_path, images):
    def part(n):
        flat = images[:n].transpose(0, 2, 1).reshape(n, -1)
        return {"images": flat, "labels": LABELS[:n, None], "writers": np.arange(n)[:, None]}

    content = {"dataset": {"train": part(8), "test": part(3), "mapping": np.zeros((10, 2))}}
    scipy_io.savemat(tmp_path / "emnist-digits.mat", content, do_compression=True)
    same(read_digits(tmp_path / "emnist-digits.mat", transpose=True), images)
    stored = read_digits(tmp_path / "emnist-digits.mat", split="test")
    same(stored, images[:3].transpose(0, 2, 1), LABELS[:3])


@pytest.mark.parametrize("compressed", [False, True])
def test_plain_arrays(tmp_path, images, compressed):
    content = {"data": images.reshape(8, -1).T.astype(float), "label": LABELS[None]}
    scipy_io.savemat(tmp_path / "mnist-original.mat", content, do_compression=compressed)
    same(read_digits(tmp_path / "mnist-original.mat"), images)


def test_label_ten_means_zero(tmp_path):
    images = np.zeros((20, 400))
    images[:, 200] = 1
    y = np.tile(np.arange(1, 11), 2)[:, None]
    scipy_io.savemat(tmp_path / "ex3data1.mat", {"X": images, "y": y})
    result = read_digits(tmp_path / "ex3data1.mat")
    assert result.labels.tolist() == [*range(1, 10), 0] * 2
    assert any("10 means the digit 0" in note for note in result.notes)


@pytest.mark.parametrize("name", ["a.h5", "a.mat"])
def test_damaged_files_raise_data_errors(tmp_path, images, name):
    path = tmp_path / name
    if name == "a.h5":
        write_h5(path, {"images": images, "labels": LABELS})
    else:
        scipy_io.savemat(path, {"images": images, "labels": LABELS}, do_compression=True)
    content = path.read_bytes()
    for cut in (140, len(content) // 3, len(content) // 2):
        path.write_bytes(content[:cut])
        with pytest.raises(DataError, match=name):
            read_digits(path)


def test_missing_extra_is_named(tmp_path, monkeypatch):
    write_h5(tmp_path / "a.h5", {"images": np.zeros((1, 4, 4))})
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'numerals\[files\]'"):
        read_digits(tmp_path / "a.h5")
