"""Read and write data sets in any file format; the registry of the formats."""

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
    image_folders,
    kaggle_csv,
    mat,
    mnist_pickle,
    npy,
    npz,
    parquet,
    uci,
)
from numerals.data.file_options import FileOptions, FileOverrides, OnError
from numerals.errors import DataError, DataNotFoundError, UnknownNameError
from numerals.records import Digits
from numerals.untrusted import reads_untrusted


@dataclass(frozen=True)
class FileFormat:
    """How one file format is recognized, read and written.

    Attributes
    ----------
    title : str
        Description for users.
    sniff : callable (Path) -> bool
        Returns whether the content of a file has this format.
    read : callable (Path, FileOptions) -> Digits
        Reads a file.
    write : callable (Digits, Path) -> None, optional
        Writes a file; None for formats that are only read.
    is_named : callable (str) -> bool
        Returns whether a file name means this format when a file is written.
    """

    title: str
    sniff: Callable[[Path], bool]
    read: Callable[[Path, FileOptions], Digits]
    write: Callable[[Digits, Path], None] | None = None
    is_named: Callable[[str], bool] = lambda name: False


FILE_FORMATS: dict[str, FileFormat] = {
    "folders": FileFormat(
        "a folder of pictures for each class, or one folder of unlabelled pictures",
        Path.is_dir,
        image_folders.read_folder,
        image_folders.write_folder,
        lambda name: "." not in name and "idx3" not in name,
    ),
    "hoda": FileFormat(
        "HODA .cdb (Persian digits)",
        hoda.is_hoda,
        lambda path, options: hoda.read_hoda(path),
    ),
    "npz": FileFormat(
        "NumPy archive, also Keras' mnist.npz",
        npz.is_npz,
        npz.read_npz,
        npz.write_npz,
        lambda name: name.endswith(".npz"),
    ),
    "idx": FileFormat(
        "IDX as used by MNIST, with the labels in a second file",
        idx.is_idx,
        idx.read_idx_digits,
        idx.write_idx_digits,
        lambda name: "idx3" in name,
    ),
    "mnist-pickle": FileFormat(
        "mnist.pkl.gz of the deep-learning tutorial",
        mnist_pickle.is_mnist_pickle,
        lambda path, options: mnist_pickle.read_mnist_pickle(path, options.split),
        mnist_pickle.write_mnist_pickle,
        lambda name: name.endswith((".pkl", ".pkl.gz")),
    ),
    "npy": FileFormat(
        "NumPy arrays, with the labels in a second file",
        npy.is_npy,
        npy.read_npy_digits,
    ),
    "parquet": FileFormat(
        "Parquet as used by Hugging Face and OpenML",
        parquet.is_parquet,
        parquet.read_parquet,
    ),
    "hdf5": FileFormat("HDF5, also MATLAB's .mat 7.3", hdf5.is_hdf5, hdf5.read_hdf5),
    "mat": FileFormat("MATLAB's .mat, up to version 7", mat.is_mat, mat.read_mat),
    "uci": FileFormat(
        "UCI's optdigits.tra and .tes",
        uci.is_uci,
        lambda path, options: uci.read_uci_digits(path),
    ),
    "kaggle-csv": FileFormat(
        "CSV of pixels: label,pixel0,... or without column names",
        kaggle_csv.is_kaggle_csv,
        kaggle_csv.read_kaggle_csv,
        kaggle_csv.write_kaggle_csv,
        lambda name: name.endswith((".csv", ".csv.gz")),
    ),
    "file-list": FileFormat(
        "CSV of picture paths and labels: file,label",
        file_list.is_file_list,
        file_list.read_file_list,
        file_list.write_file_list,
    ),
}
"""Format name -> how to recognize, read and write it."""


@reads_untrusted()
def read_digits(
    path: str | Path,
    format: str | None = None,
    *,
    split: str = "train",
    on_error: OnError = None,
    **overrides: Unpack[FileOverrides],
) -> Digits:
    """Read a data set of single digits from a file or folder.

    Parameters
    ----------
    path : str or Path
    format : str, optional
        A name in `FILE_FORMATS`; detected from the content by default.
    split : str, default="train"
        Split to read if a file or folder has several: ``"train"``, ``"test"`` or
        ``"validation"``, or a usual synonym. Ignored if there is only one.
    on_error : callable (Path, NumeralsError), optional
        Called with each picture of a folder or list that cannot be read; the others are read. By
        default the first failure raises.
    **overrides
        Keys of `FileOverrides`, such as ``label_column="class"``, which replace what is detected
        from the content.

    Returns
    -------
    Digits
        Its `notes` list what was assumed.

    Raises
    ------
    DataError
        If the content does not follow its format, or its format is unknown.
    DataNotFoundError
        If there is no such file or folder.
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
    options = FileOptions(split=split, on_error=on_error, **overrides)
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
    path : str or Path
        File or folder to write. If writing fails, no incomplete file is left.
    format : str, optional
        A name in `FILE_FORMATS`; derived from the name of `path` by default.

    Raises
    ------
    DataError
        If the format cannot hold these digits, or the file cannot be written.
    UnknownNameError
        If there is no such format.
    """
    path = Path(path)
    name = format or _format_of_name(path)
    write = _format(name).write
    if write is None:
        raise DataError(
            f"{path}: {name} is read only; write one of {', '.join(_writable_formats())}"
        )
    write(digits, path)


def _format(name: str) -> FileFormat:
    try:
        return FILE_FORMATS[name]
    except KeyError:
        raise UnknownNameError("format", name, FILE_FORMATS) from None


def _writable_formats() -> list[str]:
    return [name for name, entry in FILE_FORMATS.items() if entry.write is not None]


def _sniff(path: Path) -> str:
    for name, entry in FILE_FORMATS.items():
        if entry.sniff(path):
            return name
    content = "an empty file" if path.stat().st_size == 0 else "a file of no known format"
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        content += (
            " (a CSV has the label and the pixels of one image per line, or picture paths and"
            " labels in columns named file and label)"
        )
    raise DataError(
        f"{path}: got {content}, expected one of {', '.join(FILE_FORMATS)}; name its format with"
        " --from"
    )


def _format_of_name(path: Path) -> str:
    for name, entry in FILE_FORMATS.items():
        if entry.is_named(path.name):
            return name
    raise DataError(
        f"{path}: the name does not tell the format; end it in .npz, .csv, -images-idx3-ubyte.gz"
        f" or .pkl.gz, or name one of {', '.join(_writable_formats())}"
    )
