"""Data sets of handwritten lines: ORAND-CAR (cheque amounts), Meza (log books), Lectaurep.

They are read from the folder ``NUMERALS_DATA``. They are not published in this form, so they
cannot be downloaded. See the data page of the documentation.
"""

import csv
import json
import os
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from numerals.errors import DataNotFoundError, UnknownNameError


@dataclass(frozen=True)
class LineDataSet:
    """A data set of line images.

    Attributes
    ----------
    path : str
        CSV below the data folder, with columns ``file``, ``text`` and ``split``.
    has_signs : bool
        Whether ``text`` includes the signs between the digits of the image.
    label_error_rate : float in [0, 1]
        Share of wrong labels, counted on training lines.
    boxes : str
        COCO file with the boxes of the digits, below the data folder; empty if there is none.
    folder : str
        Folder of the images, below the folder of the CSV.
    """

    path: str
    has_signs: bool
    label_error_rate: float = 0.0
    boxes: str = ""
    folder: str = ""


LINE_DATA_SETS = {
    "orand": LineDataSet(
        "strings/orand.csv",
        has_signs=False,
        label_error_rate=0.05,
        boxes="strings/orand_digit_boxes.json",
    ),
    "meza": LineDataSet("strings/meza.csv", has_signs=True, label_error_rate=0.08),
    "lectaurep": LineDataSet(
        "training-pages/strings/lectaurep.csv",
        has_signs=True,
        label_error_rate=0.02,
        folder="lectaurep",
    ),
}
"""Name -> description."""


_HELD_OUT_MODULUS = 3  # one of this many training pages is held out for calibration
_CHARACTERS = set("0123456789.,-+/:()% ")  # lines with others, such as ditto marks, are skipped


def is_page_held_out(name: str) -> bool:
    """Return whether a page of ``training-pages`` is held out for calibration.

    Parameters
    ----------
    name : str
        File name of the page, such as ``page-1.jpg``.
    """
    return zlib.crc32(name.encode()) % _HELD_OUT_MODULUS == 0


def load_line_texts(name: str, split: str) -> Iterator[tuple[Path, str]]:
    """Yield the image path and the text of each line of a data set.

    Parameters
    ----------
    name : str
        A name in `LINE_DATA_SETS`.
    split : str
        ``"train"`` or ``"validation"``. If the CSV has no column ``split``, the validation split
        consists of the lines of held-out pages.

    Yields
    ------
    path, text : Path, str

    Raises
    ------
    DataNotFoundError
        If the data set is not below ``NUMERALS_DATA``.
    UnknownNameError
        If there is no such data set.
    """
    if name not in LINE_DATA_SETS:
        raise UnknownNameError("line data set", name, LINE_DATA_SETS)
    string_set = LINE_DATA_SETS[name]
    path = _find(string_set.path)
    if path is None:
        raise DataNotFoundError(
            f"{name}: {string_set.path} is needed below the folder NUMERALS_DATA"
            f" (now {os.environ.get('NUMERALS_DATA')!r}), with columns file, text and split; put it"
            " there, or set NUMERALS_DATA"
        )
    with path.open(newline="", encoding="utf-8-sig") as stream:
        for row in csv.DictReader(stream, strict=True):
            if _split_of(row) == split and set(row["text"]) <= _CHARACTERS:
                yield path.parent / string_set.folder / row["file"], row["text"]


def _split_of(row: dict[str, str]) -> str:
    if "split" in row:
        return row["split"]
    return "validation" if is_page_held_out(row["page"]) else "train"


def load_digit_spans(name: str) -> dict[str, list[tuple[float, float]]]:
    """Return the horizontal spans of the digits of each image.

    Parameters
    ----------
    name : str
        A name in `LINE_DATA_SETS`.

    Returns
    -------
    dict of str to list of (float, float)
        File name without suffix -> left and right end of each digit in pixels, from left to
        right. Empty if the data set has no boxes.
    """
    path = _find(LINE_DATA_SETS[name].boxes)
    if path is None:
        return {}
    coco = json.loads(path.read_text(encoding="utf-8"))
    spans = defaultdict(list)
    for box in coco["annotations"]:
        left, _, width, _ = box["bbox"]
        spans[box["image_id"]].append((float(left), float(left + width)))
    # The names have a suffix: "a_car_000720_png.rf.001e....jpg".
    stems = {image["id"]: image["file_name"].split("_png")[0] for image in coco["images"]}
    return {stems[i]: sorted(image_spans, key=sum) for i, image_spans in spans.items()}


def _find(name: str) -> Path | None:
    """Return the path of a file below ``NUMERALS_DATA``; None if it does not exist."""
    folder = os.environ.get("NUMERALS_DATA")
    path = Path(folder or "") / name
    return path if folder and path.is_file() else None
