"""The catalogue of data sets: names, with their files, licences and citations."""

from pathlib import Path

import numpy as np

from numerals.data.data_set import DataFile, DataSet
from numerals.data.hoda import digits_of_records, read_hoda_records, read_hoda_train_records
from numerals.data.idx import read_idx, read_idx_digits
from numerals.data.npz import read_npz
from numerals.data.uci import read_uci_digits
from numerals.errors import DataError
from numerals.records import Digits

_MNIST_URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
_QMNIST_URL = "https://raw.githubusercontent.com/facebookresearch/qmnist/master/"
_KANNADA_URL = (
    "https://raw.githubusercontent.com/vinayprabhu/Kannada_MNIST/master/"
    "data/output_tensors/MNIST_format/"
)
_CMATERDB_URL = "https://raw.githubusercontent.com/prabhuomkar/CMATERdb/master/datasets/"
_UCI_URL = "https://archive.ics.uci.edu/ml/machine-learning-databases/optdigits/"


def _read_images_with_labels(paths: tuple[Path, ...]) -> Digits:
    return read_idx_digits(paths[0])


def _read_qmnist(paths: tuple[Path, ...]) -> Digits:
    images, table = read_idx(paths[0]), read_idx(paths[1])
    # Columns: class, NIST series, writer, index within writer, NIST class, global index, ...
    if table.ndim != 2 or table.shape[1] < 3 or len(table) < len(images):
        raise DataError(
            f"{paths[1]}: got shape {table.shape}, expected a row for each of {len(images):,}"
            " images with class, series and writer; fetch the file again"
        )
    table = table[: len(images)].astype(np.int64)  # the test file has rows beyond MNIST's 10,000
    return Digits(images, table[:, 0].copy(), writers=table[:, 2].copy())


def _read_hoda(paths: tuple[Path, ...]) -> Digits:
    """Read the test file, or the train file without the bitmaps of the test file after it."""
    records = read_hoda_train_records(*paths) if len(paths) > 1 else read_hoda_records(paths[0])
    return digits_of_records(paths[0], records)


def _read_npz(paths: tuple[Path, ...]) -> Digits:
    return read_npz(paths[0])


def _read_uci(paths: tuple[Path, ...]) -> Digits:
    return read_uci_digits(paths[0])


def _mnist(name: str, sha256: str) -> DataFile:
    return DataFile(f"mnist/{name}.gz", f"{_MNIST_URL}{name}.gz", sha256)


def _kannada(name: str, sha256: str) -> DataFile:
    return DataFile(f"kannada-mnist/{name}.gz", f"{_KANNADA_URL}{name}.gz", sha256)


def _cmaterdb(script: str) -> dict[str, tuple[DataFile, ...]]:
    return {
        split: (
            DataFile(
                f"cmaterdb/{script}/{name}-images.npz",
                f"{_CMATERDB_URL}{script}-numerals/{name}-images.npz",
            ),
        )
        for split, name in (("train", "training"), ("test", "testing"))
    }


def _uci(name: str) -> tuple[DataFile, ...]:
    return (DataFile(f"uci-digits/{name}", _UCI_URL + name),)


_MNIST_IMAGES = {
    "train": _mnist(
        "train-images-idx3-ubyte",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "test": _mnist(
        "t10k-images-idx3-ubyte",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
}
_HODA_TEST = DataFile("hoda/Test 20000.cdb")
_KANNADA_CITATION = (
    "Prabhu: Kannada-MNIST: A new handwritten digits dataset for the Kannada language."
    " arXiv:1908.01242, 2019"
)
_CMATERDB_CITATION = (
    "Das, Sarkar, Basu, Kundu, Nasipuri, Basu: A genetic algorithm based region sampling for"
    " selection of local features in handwritten digit recognition application."
    " Applied Soft Computing 12 (2012)"
)

CATALOGUE: dict[str, DataSet] = {
    "mnist": DataSet(
        title="MNIST",
        script="latin",
        splits={
            "train": (
                _MNIST_IMAGES["train"],
                _mnist(
                    "train-labels-idx1-ubyte",
                    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                ),
            ),
            "test": (
                _MNIST_IMAGES["test"],
                _mnist(
                    "t10k-labels-idx1-ubyte",
                    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
                ),
            ),
        },
        sizes={"train": 60_000, "test": 10_000},
        read=_read_images_with_labels,
        licence="commonly given as CC BY-SA 3.0; not stated with the files",
        citation="LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document"
        " recognition. Proceedings of the IEEE 86 (1998)",
        homepage="http://yann.lecun.com/exdb/mnist/",
    ),
    "qmnist": DataSet(
        title="QMNIST: MNIST with the writer of each digit",
        script="latin",
        splits={
            "train": (
                _MNIST_IMAGES["train"],
                DataFile(
                    "qmnist/qmnist-train-labels-idx2-int.gz",
                    _QMNIST_URL + "qmnist-train-labels-idx2-int.gz",
                    "bb1b6e1ec7b04fd5696f1ed50b5f58f8ef195118edd5c93c81783df9740b8ac5",
                ),
            ),
            "test": (
                _MNIST_IMAGES["test"],
                DataFile(
                    "qmnist/qmnist-test-labels-idx2-int.gz",
                    _QMNIST_URL + "qmnist-test-labels-idx2-int.gz",
                    "92d0ccb8c25f9c6534270fb4be7e1d24a1c6d315edfc8a638bfbd31c70f362dd",
                ),
            ),
        },
        sizes={"train": 60_000, "test": 10_000},
        read=_read_qmnist,
        licence="labels: BSD; images: as MNIST",
        citation="Yadav, Bottou: Cold case: the lost MNIST digits. arXiv:1905.10498, 2019",
        homepage="https://github.com/facebookresearch/qmnist",
        notes="MNIST's own images, with QMNIST's writer numbers: 539 writers in train, 297 in"
        " test, none in both. QMNIST's 50,000 further test images are not read.",
    ),
    "kannada-mnist": DataSet(
        title="Kannada-MNIST",
        script="kannada",
        splits={
            "train": (
                _kannada(
                    "X_kannada_MNIST_train-idx3-ubyte",
                    "105351b61538741814301e54ee5cfdac7464c0e2554e2a9967c63ef7ceaf7558",
                ),
                _kannada(
                    "y_kannada_MNIST_train-idx1-ubyte",
                    "42d8a31792fb59dcec85b8e5b62bd03598c1a96f4edffe6f6a3e95daac9319ef",
                ),
            ),
            "test": (
                _kannada(
                    "X_kannada_MNIST_test-idx3-ubyte",
                    "be3a7f7fd24b3eb62f28ab1e3f9e5a380738e87000f99417c14f94ca89616cf4",
                ),
                _kannada(
                    "y_kannada_MNIST_test-idx1-ubyte",
                    "2a4fb3eec0877aa3d4ab80d8f59374733af9b2b2966e8be0e50efe715f443a4d",
                ),
            ),
        },
        sizes={"train": 60_000, "test": 10_000},
        read=_read_images_with_labels,
        licence="none stated in the source repository: check the official release",
        citation=_KANNADA_CITATION,
        homepage="https://github.com/vinayprabhu/Kannada_MNIST",
    ),
    "dig-mnist": DataSet(
        title="Dig-MNIST: the hard test set of Kannada-MNIST",
        script="kannada",
        splits={
            "test": (
                _kannada(
                    "X_dig_MNIST-idx3-ubyte",
                    "80f10e9328072991d61cc2db57a8793ae4ffcf030aa8b73a37dd64787da464ae",
                ),
                _kannada(
                    "y_dig_MNIST-idx1-ubyte",
                    "270a721d62dee2a1e9459e0192e425c086de49f1f9610fb3d7b9f457e3dd83fe",
                ),
            ),
        },
        sizes={"test": 10_240},
        read=_read_images_with_labels,
        licence="none stated in the source repository: check the official release",
        citation=_KANNADA_CITATION,
        homepage="https://github.com/vinayprabhu/Kannada_MNIST",
        notes="From other writers on other paper, to measure how well a model generalizes."
        " Do not train on it; it has no train split here.",
    ),
    "hoda": DataSet(
        title="Hoda: Persian handwritten digits",
        script="persian",
        splits={
            "train": (DataFile("hoda/RemainingSamples.cdb"), _HODA_TEST),
            "test": (_HODA_TEST,),
        },
        sizes={"train": 22_322, "test": 20_000},
        read=_read_hoda,
        licence="research and non-commercial use only",
        citation="Khosravi, Kabir: Introducing a very large dataset of handwritten Farsi digits and"
        " a study on their varieties. Pattern Recognition Letters 28 (2007)",
        homepage="http://farsiocr.ir",
        notes="Research and non-commercial use only: state this with any model trained on it. Train"
        " is RemainingSamples without the 30 bitmaps that the test file also contains; test is"
        " Test 20000, sorted by digit. Download and unpack the archive by hand.",
    ),
    "cmaterdb-bangla": DataSet(
        title="CMATERdb 3.1.1: Bangla handwritten numerals",
        script="bangla",
        splits=_cmaterdb("bangla"),
        sizes={"train": 5_000, "test": 1_000},
        read=_read_npz,
        licence="Apache-2.0 (the repository); its page asks for non-commercial use and citation",
        citation=_CMATERDB_CITATION,
        homepage="https://github.com/prabhuomkar/CMATERdb",
        notes="32x32, cropped to the ink: not centered as in MNIST. The ink is dark in the files"
        " and bright here. The repository's files changed over time: no checksum is compared.",
    ),
    "cmaterdb-devanagari": DataSet(
        title="CMATERdb 3.2.1: Devanagari handwritten numerals",
        script="devanagari",
        splits=_cmaterdb("devanagari"),
        sizes={"train": 2_500, "test": 500},
        read=_read_npz,
        licence="Apache-2.0 (the repository); its page asks for non-commercial use and citation",
        citation=_CMATERDB_CITATION,
        homepage="https://github.com/prabhuomkar/CMATERdb",
        notes="32x32, cropped to the ink: not centered as in MNIST. The ink is dark in the files"
        " and bright here. The repository's files changed over time: no checksum is compared.",
    ),
    "uci-digits": DataSet(
        title="UCI: optical recognition of handwritten digits",
        script="latin",
        splits={"train": _uci("optdigits.tra"), "test": _uci("optdigits.tes")},
        sizes={"train": 3_823, "test": 1_797},
        read=_read_uci,
        licence="CC BY 4.0",
        citation="Alpaydin, Kaynak: Optical Recognition of Handwritten Digits."
        " UCI Machine Learning Repository, 1998",
        homepage="https://archive.ics.uci.edu/dataset/80",
        notes="8x8; the test split is what scikit-learn calls load_digits.",
    ),
}
"""Data set name -> description."""
