"""Load the labels of a data set of the catalogue without decoding its images."""

import numpy as np
import numpy.typing as npt

from numerals.data.fetch import files_of, find_data_set, find_file, load_digits
from numerals.data.hoda import read_hoda_records, read_hoda_train_records
from numerals.data.idx import is_idx, read_idx


def load_labels(name: str, split: str = "train") -> npt.NDArray[np.int64]:
    """Load the labels of a data set that is on disk.

    If the format stores the labels apart, the images are not read.

    Parameters
    ----------
    name : str
        As in `load_digits`.
    split : str, default="train"

    Returns
    -------
    ndarray of int64, shape (n_images,)

    Raises
    ------
    DataNotFoundError
        If a file is not on disk.
    DataError
        If a file does not follow its format.
    """
    paths = [path for file in files_of(name, split) if (path := find_file(file)) is not None]
    size = find_data_set(name).sizes.get(split)
    if len(paths) == 2 and size and all(is_idx(path) for path in paths):
        table = read_idx(paths[1])[:size]
        return (table if table.ndim == 1 else table[:, 0]).astype(np.int64)
    if paths and paths[0].suffix == ".cdb":
        records = read_hoda_train_records(*paths) if len(paths) > 1 else read_hoda_records(paths[0])
        return np.array([record.label for record in records], np.int64)
    return load_digits(name, split).labels
