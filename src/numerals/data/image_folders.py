"""Picture folders: one folder for each class, or one folder of unlabelled pictures."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.data.class_names import classes_of_names
from numerals.data.file_options import DEFAULT_OPTIONS, FileOptions, OnError
from numerals.data.split_names import choose_split, note_of_split, split_of_name
from numerals.errors import DataError, DataNotFoundError, ImageError, NumeralsError
from numerals.files import atomic_folder
from numerals.images import load_picture, natural_key, picture_paths
from numerals.ink import digit_from_picture, to_mnist
from numerals.picture_encoding import encode_png
from numerals.records import Digits

_DIGIT_SIDES = {8, 16, 20, 28, 32, 64}  # pixels; image sizes of published digit data sets
_MAX_BACKGROUND = 128  # gray level; a brighter border means a bright background
_DATA_SUFFIXES = (
    ".parquet", ".csv", ".npz", ".npy", ".h5", ".hdf5", ".mat", ".cdb", ".pkl", ".pkl.gz", ".zip"
)  # fmt: skip
_MAX_NESTING = 3  # levels of folders that contain only one folder, searched for splits
_MAX_SIDE = 1600  # pixels; larger photographs are reduced before the digit is segmented


def read_folder(path: str | Path, options: FileOptions = DEFAULT_OPTIONS) -> Digits:
    """Read a folder of pictures of single digits.

    Parameters
    ----------
    path : str or Path
        A folder that contains one folder for each class, named as the class (``0`` to ``9``); or
        unlabelled pictures, which are read in natural order (``2.jpg`` before ``10.jpg``). Both
        may be divided into folders of splits, such as ``train`` and ``test``.
    options : FileOptions
        The split, and `on_error`, which is called with each picture that cannot be read. If it is
        None, the first failure raises.

    Returns
    -------
    Digits
        Square pictures of 8 to 64 pixels with a dark background are returned unchanged. In other
        pictures, the ink is segmented, scaled and centered in 28x28 pixels.

    Raises
    ------
    DataError
        If there are no pictures, or none of them can be read.
    DataNotFoundError
        If the folder does not exist.
    ImageError
        If a picture cannot be read and `on_error` is None.
    UnknownNameError
        If the folder has splits, but not the requested one.
    """
    path = Path(path)
    pictures, notes = list_pictures(path, options.split)
    digits = digits_of_pictures(path, pictures, options.on_error)
    return replace(digits, name=path.stem, notes=(*notes, *digits.notes))


def list_pictures(path: Path, split: str) -> tuple[list[tuple[Path, str]], tuple[str, ...]]:
    """Return the pictures of a folder in the order in which `read_folder` reads them.

    Parameters
    ----------
    path : Path
    split : str
        Ignored if the folder has no splits.

    Returns
    -------
    pictures : list of (Path, str)
        Path and label of each picture; ``""`` if it has no label.
    notes : tuple of str
        Which split was chosen, if there are several.

    Raises
    ------
    DataError
        If there are no pictures, or some lie beside folders of classes.
    DataNotFoundError
        If the folder does not exist.
    UnknownNameError
        If the folder has splits, but not this one.
    """
    if not path.is_dir():
        raise DataNotFoundError(f"{path}: no such folder; check the path")
    root, notes = _folder_of_split(path, split)
    labelled = [
        (item, folder.name) for folder in _subfolders(root) for item in _pictures_below(folder)
    ]
    loose = [(item, "") for item in _pictures_below(root) if item.parent == root]
    if labelled and loose:
        raise DataError(
            f"{root}: {len(loose)} pictures lie beside the class folders, such as"
            f" {loose[0][0].name}; move them into a class folder, or name a single folder"
        )
    if not labelled and not loose:
        raise DataError(f"{root}: no pictures in this folder; {_suggest_files(root)}")
    return labelled or loose, notes


def write_folder(digits: Digits, path: str | Path) -> None:
    """Write each digit as a PNG into the folder of its class, or into `path` if unlabelled.

    Parameters
    ----------
    digits : Digits
        Either all are labelled, or none.
    path : str or Path
        A folder that does not exist or is empty.

    Raises
    ------
    DataError
        If `path` is not empty, only some digits have a label, or the name of a class cannot be
        that of a folder.
    """
    path = Path(path)
    labelled = digits.labels >= 0
    if labelled.any() and not labelled.all():
        raise DataError(
            f"{path}: {int((~labelled).sum()):,} of {len(digits):,} digits have no label; drop"
            " them, or write npz"
        )
    for name in digits.classes:
        if labelled.any() and (not name or Path(name).name != name or name.startswith(".")):
            raise DataError(
                f"{path}: class {name!r} cannot be the name of a folder; rename the class"
            )
    with atomic_folder(path) as folder:
        write_pictures(digits, folder)


def write_pictures(digits: Digits, folder: Path) -> list[Path]:
    """Write each digit as a PNG into the folder of its class; return the paths in order."""
    width = len(str(max(len(digits) - 1, 0)))
    paths = []
    for index, (image, label) in enumerate(zip(digits.images, digits.labels.tolist(), strict=True)):
        parent = folder / digits.classes[label] if label >= 0 else folder
        parent.mkdir(exist_ok=True)
        paths.append(parent / f"{index:0{width}}.png")
        paths[-1].write_bytes(encode_png(image))
    return paths


def digits_of_pictures(
    path: Path, pictures: Iterable[tuple[Path, str]], on_error: OnError = None
) -> Digits:
    """Read pictures of single digits.

    Parameters
    ----------
    path : Path
        The folder or list of the pictures, for messages and the name of the data set.
    pictures : iterable of (Path, str)
        Path and label of each picture; ``""`` if it has no label.
    on_error : callable (Path, NumeralsError), optional
        As in `read_folder`.

    Returns
    -------
    Digits

    Raises
    ------
    DataError
        If there are no pictures, or none of them can be read.
    ImageError
        If a picture cannot be read and `on_error` is None.
    """
    images: list[npt.NDArray[np.uint8]] = []
    names: list[str] = []
    n_failed = 0
    for picture, name in pictures:
        try:
            images.append(digit_of_picture(picture))
            names.append(name)
        except NumeralsError as error:
            if on_error is None:
                raise
            n_failed += 1
            on_error(picture, error)
    if not images:
        problem = f"none of {n_failed} pictures could be read" if n_failed else "no pictures in it"
        raise DataError(
            f"{path}: {problem}, expected PNG, JPEG or another image format with one digit each;"
            " check the files"
        )
    classes, script = classes_of_names(name for name in names if name)
    numbers = {name: number for number, name in enumerate(classes)}
    labels = np.array([numbers.get(name, -1) for name in names], np.int64)
    return Digits(stack_digits(images), labels, classes, name=path.stem, script=script)


def _subfolders(folder: Path) -> list[Path]:
    return sorted(
        (item for item in folder.iterdir() if item.is_dir() and not item.name.startswith(".")),
        key=lambda item: natural_key(item.name),
    )


def _folder_of_split(path: Path, requested: str) -> tuple[Path, tuple[str, ...]]:
    """Return the folder of the requested split, or `path` if it has no splits; and the notes.

    Archives often unpack to a folder that contains only one folder, so those are searched too.
    """
    folder = path
    for _ in range(_MAX_NESTING):
        below = _subfolders(folder)
        splits = {split: item for item in below if (split := split_of_name(item.name))}
        others = [item for item in below if item not in splits.values() and _pictures_below(item)]
        if splits and not others:
            split = choose_split(requested, splits)
            return splits[split], note_of_split(split, splits)
        if len(below) != 1 or any(item.is_file() for item in folder.iterdir()):
            break
        folder = below[0]
    return path, ()


def _suggest_files(folder: Path) -> str:
    """Return the advice to name a data file, such as IDX or Parquet, if the folder has some."""
    files = (item for item in sorted(folder.rglob("*")) if item.is_file())
    names = [item.relative_to(folder).as_posix() for item in files]
    names = [name for name in names if name.lower().endswith(_DATA_SUFFIXES) or "idx3" in name]
    if not names:
        return "expected PNG, JPEG or another image format with one digit each; check the path"
    return f"name one of its files: {', '.join(names[:4])}{', ...' if len(names) > 4 else ''}"


def _pictures_below(folder: Path) -> list[Path]:
    try:
        return picture_paths([folder])
    except ImageError:  # no pictures
        return []


def digit_of_picture(source: Path | bytes, name: str = "") -> npt.NDArray[np.uint8]:
    """Read a picture of one digit.

    Parameters
    ----------
    source : Path or bytes
        A picture file, or its content.
    name : str
        Name of the source in messages, if `source` is bytes.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        Bright ink on a dark background: unchanged if the picture is square, of a usual size and
        has a dark background, otherwise segmented, scaled and centered in 28x28 pixels.

    Raises
    ------
    ImageError
        If the picture cannot be read.
    """
    try:
        gray = load_picture(source, max_side=_MAX_SIDE).pixels
    except OSError as error:
        where = name or str(source)
        reason = error.strerror or error
        raise ImageError(f"{where}: cannot be read ({reason}); check the file") from error
    except ImageError as error:
        if not name:
            raise
        raise ImageError(f"{name}: {error}") from error
    return gray if _is_digit(gray) else digit_from_picture(gray)


def _is_digit(gray: npt.NDArray[np.uint8]) -> bool:
    height, width = gray.shape
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    is_dark = bool(np.median(border) < _MAX_BACKGROUND)
    return height == width and height in _DIGIT_SIDES and is_dark


def stack_digits(images: list[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """Stack images of digits; if their sizes differ, each is scaled and centered in 28x28 pixels.

    Returns
    -------
    ndarray of uint8, shape (n_images, height, width)
    """
    if len({image.shape for image in images}) > 1:
        images = [image if image.shape == (28, 28) else to_mnist(image) for image in images]
    return np.stack(images)
