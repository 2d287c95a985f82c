"""A folder of pictures for each class, or one folder of pictures without labels."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.data.data_files import OnError
from numerals.data.file_options import DEFAULT_OPTIONS, ReadOptions
from numerals.data.splits import choose_split, note_of_split, split_of_name
from numerals.errors import DataError, DataNotFoundError, ImageError, NumeralsError
from numerals.files import folder_for_replace
from numerals.images import load_picture, natural_key, picture_paths
from numerals.ink import digit_from_picture, to_mnist
from numerals.records import Digits
from numerals.scripts import classes_of_names

_DIGIT_SIDES = {8, 16, 20, 28, 32, 64}  # pixels; sizes in which digit data sets come
_DARK = 128
_DATA_SUFFIXES = (
    ".parquet", ".csv", ".npz", ".npy", ".h5", ".hdf5", ".mat", ".cdb", ".pkl", ".pkl.gz", ".zip"
)  # fmt: skip
_MAX_NESTED = 3  # folders that hold nothing but a folder
_MAX_SIDE = 1600  # pixels; larger photographs are reduced before the digit is looked for


def read_folder(path: str | Path, options: ReadOptions = DEFAULT_OPTIONS) -> Digits:
    """Read a folder of pictures, each of one digit.

    Parameters
    ----------
    path : str or Path
        With a folder for each class in it, named as the class (``0`` to ``9``); or with pictures
        alone, which are read in natural order (``2.jpg`` before ``10.jpg``), unlabelled. Either
        may lie in folders of splits: ``train`` and ``test``, ``training`` and ``testing``.
    options : ReadOptions
        The split; `on_error` is told of each picture that cannot be read, and the rest is read.
        Without it the first one raises.

    Returns
    -------
    Digits
        Pictures that are digits already (square, 8 to 64 pixels, dark ground) as they are; of
        others the ink is found and fitted to 28x28.

    Raises
    ------
    DataError
        If there is no picture, or none that can be read.
    DataNotFoundError
        If there is no such folder.
    UnknownNameError
        If there are splits, and not the one that is wanted.
    """
    path = Path(path)
    if not path.is_dir():
        raise DataNotFoundError(f"{path}: no such folder; check the path")
    root, notes = _folder_of_split(path, options.split)
    labelled = [
        (item, folder.name) for folder in _folders(root) for item in _pictures_below(folder)
    ]
    loose = [(item, "") for item in _pictures_below(root) if item.parent == root]
    if labelled and loose:
        raise DataError(
            f"{root}: {len(loose)} pictures lie beside the folders of the classes, such as"
            f" {loose[0][0].name}; move them into a folder, or name one folder alone"
        )
    if not labelled and not loose:
        raise DataError(f"{root}: no pictures in it; {_what_instead(root)}")
    digits = digits_of_pictures(root, labelled or loose, options.on_error)
    return replace(digits, name=path.stem, notes=(*notes, *digits.notes))


def write_folder(digits: Digits, path: str | Path) -> None:
    """Write each digit as a PNG into the folder of its class; unlabelled ones into `path` itself.

    Parameters
    ----------
    digits : Digits
        What to write: all labelled, or none.
    path : str or Path
        A folder that does not exist yet, or is empty.

    Raises
    ------
    DataError
        If `path` holds something, only some digits have a label, or a class cannot be the name
        of a folder.
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
            raise DataError(f"{path}: class {name!r} cannot be the name of a folder; rename it")
    with folder_for_replace(path) as folder:
        write_pictures(digits, folder)


def write_pictures(digits: Digits, folder: Path) -> list[Path]:
    """Write each digit as a PNG below `folder` and return the paths, in the digits' order."""
    width = len(str(max(len(digits) - 1, 0)))
    paths = []
    for index, (image, label) in enumerate(zip(digits.images, digits.labels.tolist(), strict=True)):
        parent = folder / digits.classes[label] if label >= 0 else folder
        parent.mkdir(exist_ok=True)
        paths.append(parent / f"{index:0{width}}.png")
        paths[-1].write_bytes(encode_png(image))
    return paths


def encode_png(image: npt.NDArray[np.uint8]) -> bytes:
    """Return a grey picture as the bytes of a PNG file."""
    if image.size == 0:
        raise DataError(f"a picture of shape {image.shape} cannot be written as PNG: it is empty")
    _, content = cv2.imencode(".png", image)
    return bytes(content)


def digits_of_pictures(
    path: Path, pictures: Iterable[tuple[Path, str]], on_error: OnError = None
) -> Digits:
    """Read pictures of one digit each.

    Parameters
    ----------
    path : Path
        The folder or list that names them, for messages and the name.
    pictures : iterable of (Path, str)
        Each with its label; ``""`` where there is none.
    on_error : callable (Path, NumeralsError), optional
        As in `read_folder`.

    Returns
    -------
    Digits
    """
    images: list[npt.NDArray[np.uint8]] = []
    names: list[str] = []
    failed = 0
    for picture, name in pictures:
        try:
            images.append(digit_of_picture(picture))
            names.append(name)
        except NumeralsError as error:
            if on_error is None:
                raise
            failed += 1
            on_error(picture, error)
    if not images:
        found = f"none of {failed} pictures could be read" if failed else "no pictures in it"
        raise DataError(f"{path}: {found}; expected PNG, JPEG or the like, one digit in each")
    classes, script = classes_of_names(name for name in names if name)
    numbers = {name: number for number, name in enumerate(classes)}
    labels = np.array([numbers.get(name, -1) for name in names], np.int64)
    return Digits(stack_digits(images), labels, classes, name=path.stem, script=script)


def _folders(folder: Path) -> list[Path]:
    return sorted(
        (item for item in folder.iterdir() if item.is_dir() and not item.name.startswith(".")),
        key=lambda item: natural_key(item.name),
    )


def _folder_of_split(path: Path, wanted: str) -> tuple[Path, tuple[str, ...]]:
    """Return the folder of the split that is wanted, or `path` if there are no splits below it.

    An archive often unpacks to a folder within a folder: one that holds nothing but another is
    passed through if there are splits in that.
    """
    folder = path
    for _ in range(_MAX_NESTED):
        below = _folders(folder)
        splits = {split: item for item in below if (split := split_of_name(item.name))}
        others = [item for item in below if item not in splits.values() and _pictures_below(item)]
        if splits and not others:
            split = choose_split(wanted, splits)
            return splits[split], note_of_split(split, splits)
        if len(below) != 1 or any(item.is_file() for item in folder.iterdir()):
            break
        folder = below[0]
    return path, ()


def _what_instead(folder: Path) -> str:
    """Say which files of a folder without pictures may be meant, such as IDX or Parquet."""
    files = (item for item in sorted(folder.rglob("*")) if item.is_file())
    named = (item.relative_to(folder).as_posix() for item in files)
    found = [name for name in named if name.lower().endswith(_DATA_SUFFIXES) or "idx3" in name]
    if not found:
        return "expected PNG, JPEG or the like, one digit in each"
    return f"name one of its files: {', '.join(found[:4])}{', ...' if len(found) > 4 else ''}"


def _pictures_below(folder: Path) -> list[Path]:
    try:
        return picture_paths([folder])
    except ImageError:  # there are none
        return []


def digit_of_picture(source: Path | bytes, name: str = "") -> npt.NDArray[np.uint8]:
    """Read a picture of one digit, ink bright: as it is if it is a digit already, else fitted.

    Parameters
    ----------
    source : Path or bytes
        A picture file, or its content.
    name : str
        For messages about bytes.
    """
    try:
        gray = load_picture(source, max_side=_MAX_SIDE).pixels
    except OSError as error:
        where = name or str(source)
        raise ImageError(f"{where}: cannot be read ({error.strerror or error})") from error
    except ImageError as error:
        if not name:
            raise
        raise ImageError(f"{name}: {error}") from error
    return gray if _is_digit(gray) else digit_from_picture(gray)


def _is_digit(gray: npt.NDArray[np.uint8]) -> bool:
    height, width = gray.shape
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    return height == width and height in _DIGIT_SIDES and bool(np.median(border) < _DARK)


def stack_digits(images: list[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """Return pictures of digits as one array; of several sizes each is fitted to 28x28."""
    if len({image.shape for image in images}) > 1:
        images = [image if image.shape == (28, 28) else to_mnist(image) for image in images]
    return np.stack(images)
