"""Labels of a data set, without its pictures where its format keeps them apart."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.data.fetch import files_of, find_data_set, find_file, load_digits
from numerals.data.hoda import read_hoda_records
from numerals.data.idx import is_idx, read_idx


def load_labels(name: str, split: str = "train") -> npt.NDArray[np.int64]:
    """Load the labels of a data set that is on disk, to count them.

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
        If a file is not as its format says.
    """
    paths = [path for file in files_of(name, split) if (path := find_file(file)) is not None]
    size = find_data_set(name).sizes.get(split)
    if len(paths) == 2 and size and all(is_idx(path) for path in paths):
        table = read_idx(paths[1])[:size]
        return (table if table.ndim == 1 else table[:, 0]).astype(np.int64)
    if paths and paths[0].suffix == ".cdb":
        return _labels_of_records(paths)
    return load_digits(name, split).labels


def _labels_of_records(paths: list[Path]) -> npt.NDArray[np.int64]:
    """Leave out, as the catalogue does, what stands in the test file as well."""
    records, *others = (read_hoda_records(path) for path in paths)
    tested = {(r.width, r.height, r.runs) for other in others for r in other}
    kept = [r.label for r in records if (r.width, r.height, r.runs) not in tested]
    return np.array(kept, np.int64)
