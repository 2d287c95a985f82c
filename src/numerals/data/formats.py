"""The file formats by name, and the two functions that read and write any of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

import numpy as np

from numerals.data import (
    file_list,
    hdf5,
    hoda,
    idx,
    kaggle_csv,
    mat,
    mnist_pickle,
    npy,
    npz,
    parquet,
    uci,
)
from numerals.data import image_folders as folders
from numerals.data.data_files import OnError
from numerals.data.file_options import Insisted, ReadOptions
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
    read : callable (Path, ReadOptions) -> Digits
        Reads a file.
    write : callable (Digits, Path) -> None, optional
        Writes a file; None for formats that are read only.
    is_named : callable (str) -> bool
        Tells from the name of a file to write whether this format is meant.
    """

    title: str
    sniff: Callable[[Path], bool]
    read: Callable[[Path, ReadOptions], Digits]
    write: Callable[[Digits, Path], None] | None = None
    is_named: Callable[[str], bool] = lambda name: False


FORMATS: dict[str, Format] = {
    "folders": Format(
        "a folder of pictures for each class, or one of pictures without labels",
        Path.is_dir,
        folders.read_folder,
        folders.write_folder,
        lambda name: "." not in name and "idx3" not in name,
    ),
    "hoda": Format(
        "HODA .cdb (Persian digits)",
        hoda.is_hoda,
        lambda path, options: hoda.read_hoda(path),
    ),
    "npz": Format(
        "NumPy archive, also Keras' mnist.npz",
        npz.is_npz,
        npz.read_npz,
        npz.write_npz,
        lambda name: name.endswith(".npz"),
    ),
    "idx": Format(
        "IDX as of MNIST, images with their labels beside them",
        idx.is_idx,
        idx.read_idx_digits,
        idx.write_idx_digits,
        lambda name: "idx3" in name,
    ),
    "mnist-pickle": Format(
        "mnist.pkl.gz of the deep-learning tutorial",
        mnist_pickle.is_mnist_pickle,
        lambda path, options: mnist_pickle.read_mnist_pickle(path, options.split),
        mnist_pickle.write_mnist_pickle,
        lambda name: name.endswith((".pkl", ".pkl.gz")),
    ),
    "npy": Format(
        "NumPy arrays, images with their labels in a file beside them",
        npy.is_npy,
        npy.read_npy_digits,
    ),
    "parquet": Format(
        "Parquet, as Hugging Face and OpenML have it",
        parquet.is_parquet,
        parquet.read_parquet,
    ),
    "hdf5": Format("HDF5, also MATLAB's .mat 7.3", hdf5.is_hdf5, hdf5.read_hdf5),
    "mat": Format("MATLAB's .mat, up to version 7", mat.is_mat, mat.read_mat),
    "uci": Format(
        "UCI's optdigits.tra and .tes",
        uci.is_uci,
        lambda path, options: uci.read_uci_digits(path),
    ),
    "kaggle-csv": Format(
        "CSV of pixels: label,pixel0,... or without names",
        kaggle_csv.is_kaggle_csv,
        kaggle_csv.read_kaggle_csv,
        kaggle_csv.write_kaggle_csv,
        lambda name: name.endswith((".csv", ".csv.gz")),
    ),
    "file-list": Format(
        "CSV of picture files and labels: file,label",
        file_list.is_file_list,
        file_list.read_file_list,
        file_list.write_file_list,
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
    **insisted: Unpack[Insisted],
) -> Digits:
    """Read a data set of single digits from a file or folder.

    Parameters
    ----------
    path : str or Path
        What to read.
    format : str, optional
        A name in `FORMATS`; told from the content where it is not given.
    split : str, default="train"
        Which part, where a file or folder holds several: ``"train"``, ``"test"`` or
        ``"validation"``, by any of their usual names. What holds one part leaves it aside.
    on_error : callable (Path, NumeralsError), optional
        Told of each picture of a folder or list that cannot be read; the rest is read. Without
        it the first one raises.
    label_column : str, optional
        Which column of a CSV, list or Parquet file, or which array of an npz, HDF5 or .mat file,
        holds the labels: its name, or a column's number from 0 (-1 is the last); ``"none"`` for
        no labels.
    image_column : str, optional
        Which column or array holds the pictures.
    delimiter : str, optional
        What separates the cells of a CSV; also ``"tab"`` and ``"space"``.
    scale : tuple of (float, float), optional
        The pixel values of black and white, such as ``(-1, 1)``. Told from all values of a file
        together if not given: 0..1, -1..1, 0..16 or 0..255.
    invert : bool, optional
        Whether the ink of arrays and CSVs is dark on a bright ground; told from the pictures if
        not given. Pictures of folders are judged one by one.
    transpose : bool, default=False
        Exchange rows and columns of each picture: EMNIST is stored that way.

    Returns
    -------
    Digits
        Its `notes` say what was assumed.

    Raises
    ------
    DataError
        If the content is not as its format says, or of no known format.
    DataNotFoundError
        If there is nothing at `path`.
    UnknownNameError
        If there is no such format or split.
    MissingExtraError
        For Parquet and HDF5 without the extra ``files``.

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
    options = ReadOptions(split=split, on_error=on_error, **insisted)
    digits = _format(format or _sniff(path)).read(path, options)
    if options.transpose:
        upright = np.ascontiguousarray(digits.images.transpose(0, 2, 1))
        digits = replace(digits, images=upright)
    return digits


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
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        found += (
            " (a CSV has the pixels of a picture a line, and a label; or names pictures in a column"
            " file, and label)"
        )
    raise DataError(
        f"{path}: found {found}; expected one of {', '.join(FORMATS)}: name its format with --from"
    )


def _format_of_name(path: Path) -> str:
    for name, entry in FORMATS.items():
        if entry.is_named(path.name):
            return name
    raise DataError(
        f"{path}: its name does not tell the format; end it in .npz, .csv, -images-idx3-ubyte.gz"
        f" or .pkl.gz, or name one of {', '.join(_writable())}"
    )
