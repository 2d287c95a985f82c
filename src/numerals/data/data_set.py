"""What the catalogue says of a data set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numerals.records import Digits
from numerals.scripts import SCRIPTS


@dataclass(frozen=True)
class DataFile:
    """One file of a data set.

    Attributes
    ----------
    path : str
        Where it lies below ``NUMERALS_DATA``.
    url : str, optional
        Where it is to be had; None where nobody offers the file by itself.
    sha256 : str, optional
        Of its content: of what it holds where it is gzip, so that packing it anew does not
        matter. None where no published file could be compared.
    """

    path: str
    url: str | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class DataSet:
    """One data set of the catalogue.

    Attributes
    ----------
    title : str
        Its name in full.
    script : str
        Which script's digits.
    splits : mapping of str to tuple of DataFile
        The files that each split needs.
    sizes : mapping of str to int
        How many digits each split has.
    read : callable (tuple of Path) -> Digits
        Reads one split from its files.
    licence : str
        As stated by who publishes it.
    citation : str
        The paper to cite.
    homepage : str
        Where to read about it.
    notes : str
        What to mind.
    """

    title: str
    script: str
    splits: Mapping[str, tuple[DataFile, ...]]
    sizes: Mapping[str, int]
    read: Callable[[tuple[Path, ...]], Digits]
    licence: str
    citation: str
    homepage: str
    notes: str = ""

    @property
    def classes(self) -> tuple[str, ...]:
        """The ten digits, in their script."""
        return SCRIPTS[self.script]

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "title": self.title,
            "script": self.script,
            "classes": list(self.classes),
            "sizes": dict(self.sizes),
            "files": {
                split: [{"path": f.path, "url": f.url, "sha256": f.sha256} for f in files]
                for split, files in self.splits.items()
            },
            "licence": self.licence,
            "citation": self.citation,
            "homepage": self.homepage,
            "notes": self.notes,
        }
