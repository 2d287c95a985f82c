"""The description of a data set in the catalogue."""

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
        Path below ``NUMERALS_DATA``.
    url : str, optional
        Download address; None if the file cannot be downloaded by itself.
    sha256 : str, optional
        SHA-256 of the content, decompressed if it is gzip, so that it does not depend on the
        compression. None if no published file could be compared.
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
        Full name.
    script : str
        Script of the digits, a key of `SCRIPTS`.
    splits : mapping of str to tuple of DataFile
        Files of each split.
    sizes : mapping of str to int
        Number of digits of each split.
    read : callable (tuple of Path) -> Digits
        Reads one split from its files.
    licence : str
        Licence as stated by the publisher.
    citation : str
        Paper to cite.
    homepage : str
        Address of the data set's own page.
    notes : str
        Restrictions and differences from the published files.
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
        """The ten digits of the script."""
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
