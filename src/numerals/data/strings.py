"""Real lines of writing with their texts: cheque amounts (ORAND-CAR), cells of log books (Meza).

They are looked for below the folder that ``NUMERALS_DATA`` names; no public address has them in
this form, so they cannot be fetched. See the data page of the documentation.
"""

import csv
import os
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
    """

    path: str
    has_signs: bool
    wrong: float = 0.0


STRING_SETS = {
    "orand": StringSet("strings/orand.csv", has_signs=False, wrong=0.05),
    "meza": StringSet("strings/meza.csv", has_signs=True, wrong=0.08),
}
"""Name -> what it is."""


def load_strings(name: str, split: str) -> Iterator[tuple[Path, str]]:
    """Yield picture and text of each line of a set.

    Parameters
    ----------
    name : str
        A name in `STRING_SETS`.
    split : str
        ``"train"`` or ``"validation"``.

    Raises
    ------
    DataNotFoundError
        If the set is not below ``NUMERALS_DATA``.
    UnknownNameError
        If there is no such set.
    """
    if name not in STRING_SETS:
        raise UnknownNameError("set of strings", name, STRING_SETS)
    folder = os.environ.get("NUMERALS_DATA")
    path = Path(folder or "") / STRING_SETS[name].path
    if not folder or not path.is_file():
        raise DataNotFoundError(
            f"{name}: {STRING_SETS[name].path} is needed below the folder that NUMERALS_DATA names "
            f"(now {folder!r}), with columns file, text and split"
        )
    with path.open(newline="", encoding="utf-8-sig") as stream:
        for row in csv.DictReader(stream, strict=True):
            if row["split"] == split:
                yield path.parent / row["file"], row["text"]
