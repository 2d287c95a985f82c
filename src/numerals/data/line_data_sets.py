"""Real lines of writing with their texts: cheque amounts (ORAND-CAR), cells of log books (Meza).

They are looked for below the folder that ``NUMERALS_DATA`` names; no public address has them in
this form, so they cannot be fetched. See the data page of the documentation.
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
class StringSet:
    """A set of pictures of one line each.

    Attributes
    ----------
    path : str
        Its CSV below the data folder, with columns ``file``, ``text`` and ``split``.
    has_signs : bool
        Whether ``text`` has the signs that stand between the digits in the picture.
    wrong : float
        Share of the labels that is wrong, as counted on training lines.
    boxes : str
        The file (COCO) that says where each digit is, below the data folder; empty if none does.
    folder : str
        Where the pictures are, below the folder of the CSV.
    """

    path: str
    has_signs: bool
    wrong: float = 0.0
    boxes: str = ""
    folder: str = ""


STRING_SETS = {
    "orand": StringSet(
        "strings/orand.csv", has_signs=False, wrong=0.05, boxes="strings/orand_digit_boxes.json"
    ),
    "meza": StringSet("strings/meza.csv", has_signs=True, wrong=0.08),
    "lectaurep": StringSet(
        "training-pages/strings/lectaurep.csv", has_signs=True, wrong=0.02, folder="lectaurep"
    ),
}
"""Name -> what it is."""


_HELD_OUT_PAGES = 3  # one of so many training pages, which nothing that reads lines learns from
_KNOWN = set(
    "0123456789.,-+/:()% "
)  # lines with other characters, such as ditto marks, are left out


def is_page_held_out(name: str) -> bool:
    """Return whether a page of ``training-pages`` is for calibration rather than for training.

    Parameters
    ----------
    name : str
        Of its file, such as ``page-1.jpg``.
    """
    return zlib.crc32(name.encode()) % _HELD_OUT_PAGES == 0


def load_strings(name: str, split: str) -> Iterator[tuple[Path, str]]:
    """Yield picture and text of each line of a set.

    Parameters
    ----------
    name : str
        A name in `STRING_SETS`.
    split : str
        ``"train"`` or ``"validation"``. Where the set has none, lines of pages that are held out
        are its validation part.

    Raises
    ------
    DataNotFoundError
        If the set is not below ``NUMERALS_DATA``.
    UnknownNameError
        If there is no such set.
    """
    if name not in STRING_SETS:
        raise UnknownNameError("set of strings", name, STRING_SETS)
    kind = STRING_SETS[name]
    path = _find(kind.path)
    if path is None:
        raise DataNotFoundError(
            f"{name}: {kind.path} is needed below the folder that NUMERALS_DATA names "
            f"(now {os.environ.get('NUMERALS_DATA')!r}), with columns file, text and split"
        )
    with path.open(newline="", encoding="utf-8-sig") as stream:
        for row in csv.DictReader(stream, strict=True):
            if _split_of(row) == split and set(row["text"]) <= _KNOWN:
                yield path.parent / kind.folder / row["file"], row["text"]


def _split_of(row: dict[str, str]) -> str:
    if "split" in row:
        return row["split"]
    return "validation" if is_page_held_out(row["page"]) else "train"


def load_digit_spans(name: str) -> dict[str, list[tuple[float, float]]]:
    """Return where the digits of each picture begin and end, pixels, from left to right.

    Returns
    -------
    dict of str to list of (float, float)
        By the picture's name without its suffix; empty for a set of which nobody has marked them.
    """
    path = _find(STRING_SETS[name].boxes)
    if path is None:
        return {}
    marked = json.loads(path.read_text(encoding="utf-8"))
    spans = defaultdict(list)
    for box in marked["annotations"]:
        left, _, width, _ = box["bbox"]
        spans[box["image_id"]].append((float(left), float(left + width)))
    # Names go on after ours: "a_car_000720_png.rf.001e....jpg".
    stems = {image["id"]: image["file_name"].split("_png")[0] for image in marked["images"]}
    return {stems[i]: sorted(found, key=sum) for i, found in spans.items()}


def _find(name: str) -> Path | None:
    """Return a file below the folder that ``NUMERALS_DATA`` names; None if it is not there."""
    folder = os.environ.get("NUMERALS_DATA")
    path = Path(folder or "") / name
    return path if folder and path.is_file() else None
