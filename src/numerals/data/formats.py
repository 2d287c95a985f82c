"""The file formats by name, and the two functions that read and write any of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from numerals.data import file_list, folders, hoda, idx, kaggle_csv, mnist_pickle, npz, uci
from numerals.data.files import OnError
from numerals.errors import DataError, DataNotFoundError, UnknownNameError
from numerals.records import Digits
from numerals.untrusted import reads_untrusted


@dataclass(frozen=True)
class Format:
    """How one format is told, read and written.

    Attributes
    ----------
    title : str
        What it is, for people.
    sniff : callable (Path) -> bool
        Tells from a file's content whether it is of this format.
    read : callable (Path, str, OnError) -> Digits
        Reads a file; the str is the split, for formats that hold several.
    write : callable (Digits, Path) -> None, optional
        Writes a file; None for formats that are read only.
    is_named : callable (str) -> bool
        Tells from the name of a file to write whether this format is meant.
    """

    title: str
    sniff: Callable[[Path], bool]
    read: Callable[[Path, str, OnError], Digits]
    write: Callable[[Digits, Path], None] | None = None
    is_named: Callable[[str], bool] = lambda name: False


FORMATS: dict[str, Format] = {
    "folders": Format(
        "a folder of pictures for each class, or one of pictures without labels",
        Path.is_dir,
        lambda path, split, on_error: folders.read_folder(path, on_error),
        folders.write_folder,
        lambda name: "." not in name and "idx3" not in name,
    ),
    "hoda": Format(
        "HODA .cdb (Persian digits)",
        hoda.is_hoda,
        lambda path, split, on_error: hoda.read_hoda(path),
    ),
    "npz": Format(
        "NumPy archive, also Keras' mnist.npz",
        npz.is_npz,
        lambda path, split, on_error: npz.read_npz(path, split),
        npz.write_npz,
        lambda name: name.endswith(".npz"),
    ),
    "idx": Format(
        "IDX as of MNIST, images with their labels beside them",
        idx.is_idx,
        lambda path, split, on_error: idx.read_idx_digits(path),
        idx.write_idx_digits,
        lambda name: "idx3" in name,
    ),
    "mnist-pickle": Format(
        "mnist.pkl.gz of the deep-learning tutorial",
        mnist_pickle.is_mnist_pickle,
        lambda path, split, on_error: mnist_pickle.read_mnist_pickle(path, split),
        mnist_pickle.write_mnist_pickle,
        lambda name: name.endswith((".pkl", ".pkl.gz")),
    ),
    "kaggle-csv": Format(
        "Kaggle's CSV: label,pixel0,...",
        kaggle_csv.is_kaggle_csv,
        lambda path, split, on_error: kaggle_csv.read_kaggle_csv(path),
        kaggle_csv.write_kaggle_csv,
        lambda name: name.endswith((".csv", ".csv.gz")),
    ),
    "file-list": Format(
        "CSV of picture files and labels: file,label",
        file_list.is_file_list,
        lambda path, split, on_error: file_list.read_file_list(path, on_error),
        file_list.write_file_list,
    ),
    "uci": Format(
        "UCI's optdigits.tra and .tes",
        uci.is_uci,
        lambda path, split, on_error: uci.read_uci_digits(path),
    ),
}
"""Format name -> how to tell, read and write it."""


@reads_untrusted()
def read_digits(
    path: str | Path,
    format: str | None = None,
    *,
    split: str = "train",
    on_error: OnError = None,
) -> Digits:
    """Read a data set of single digits from a file or folder.

    Parameters
    ----------
    path : str or Path
        What to read.
    format : str, optional
        A name in `FORMATS`; told from the content where it is not given.
    split : str, default="train"
        Which part, where a file holds several: Keras' ``mnist.npz`` and ``mnist.pkl.gz``. Other
        formats leave it aside.
    on_error : callable (Path, NumeralsError), optional
        Told of each picture of a folder or list that cannot be read; the rest is read. Without
        it the first one raises.

    Returns
    -------
    Digits

    Raises
    ------
    DataError
        If the content is not as its format says, or of no known format.
    DataNotFoundError
        If there is nothing at `path`.
    UnknownNameError
        If there is no such format or split.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from numerals.records import Digits
    >>> digits = Digits(np.zeros((2, 28, 28), np.uint8), np.array([3, 7]))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_digits(digits, f"{folder}/two.csv")
    ...     read_digits(f"{folder}/two.csv").labels.tolist()
    [3, 7]
    """
    path = Path(path)
    if not path.exists():
        raise DataNotFoundError(f"{path}: no such file or folder; check the path")
    return _format(format or _sniff(path)).read(path, split, on_error)


def write_digits(digits: Digits, path: str | Path, format: str | None = None) -> None:
    """Write a data set of single digits to a file or folder.

    Parameters
    ----------
    digits : Digits
        What to write.
    path : str or Path
        Where. The file is whole or not there at all.
    format : str, optional
        A name in `FORMATS`; told from the name of `path` where it is not given.

    Raises
    ------
    DataError
        If the format cannot hold these digits, or cannot be written.
    UnknownNameError
        If there is no such format.
    """
    path = Path(path)
    name = format or _format_of_name(path)
    write = _format(name).write
    if write is None:
        raise DataError(f"{path}: {name} is read only; choose one of {', '.join(_writable())}")
    write(digits, path)


def _format(name: str) -> Format:
    try:
        return FORMATS[name]
    except KeyError:
        raise UnknownNameError("format", name, FORMATS) from None


def _writable() -> list[str]:
    return [name for name, entry in FORMATS.items() if entry.write is not None]


def _sniff(path: Path) -> str:
    for name, entry in FORMATS.items():
        if entry.sniff(path):
            return name
    found = "an empty file" if path.stat().st_size == 0 else "a file of no known format"
    raise DataError(f"{path}: found {found}; expected one of {', '.join(FORMATS)}: name its format")


def _format_of_name(path: Path) -> str:
    for name, entry in FORMATS.items():
        if entry.is_named(path.name):
            return name
    raise DataError(
        f"{path}: its name does not tell the format; end it in .npz, .csv, -images-idx3-ubyte.gz"
        f" or .pkl.gz, or name one of {', '.join(_writable())}"
    )
