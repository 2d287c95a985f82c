"""The smallest piece of work: some pages of one file, and how they are read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from numerals.output.number_rows import NumberRow, form_number_rows, number_rows
from numerals.reading import AnswerOptions, FileResult, ReadOptions

if TYPE_CHECKING:
    from numerals.forms import ScanResult
    from numerals.store import PageEntry


@dataclass(frozen=True)
class Unit:
    """Pages of one file; processes and machines exchange it.

    Attributes
    ----------
    name : str
        Name of the file in the results.
    location : str
        A path, or a URL of fsspec such as ``s3://bucket/scan.png``; of an archive, for its members.
    member : str, optional
        Name of a member of the archive.
    first_page : int, default=1
    last_page : int, optional
        By default the last page of the file.
    """

    name: str
    location: str
    member: str | None = None
    first_page: int = 1
    last_page: int | None = None


@dataclass(frozen=True)
class WorkOptions:
    """How units are read; the same for all units of a run.

    Attributes
    ----------
    read : ReadOptions
    answers : AnswerOptions
        What happens to numbers of low confidence.
    template : Path, optional
        Template of forms; by default the files are read as `read` says.
    keep : {"nothing", "crops", "pictures"}, optional
        Pixels to keep of each page for a store; by default nothing is prepared for a store.
    columns : Path, optional
        Rules of table columns, which are applied to the results in their order.
    """

    read: ReadOptions = field(default_factory=ReadOptions)
    answers: AnswerOptions = field(default_factory=AnswerOptions)
    template: Path | None = None
    keep: str | None = None
    columns: Path | None = None


@dataclass(frozen=True)
class UnitResult:
    """What was read from a unit.

    Attributes
    ----------
    unit : Unit
    model : str
        Name of the model; empty if the script is detected for each page.
    file : FileResult, optional
        None for forms.
    scans : tuple of ScanResult
        The forms, for a template.
    entries : tuple of PageEntry
        The pages for a store, as read: answer options are not applied.
    """

    unit: Unit
    model: str
    file: FileResult | None = None
    scans: tuple["ScanResult", ...] = ()
    entries: tuple["PageEntry", ...] = ()

    @property
    def is_failed(self) -> bool:
        """Whether a page or form could not be read."""
        failed_forms = any(scan.error is not None for scan in self.scans)
        return failed_forms or (self.file is not None and bool(self.file.errors))

    def rows(self) -> Iterator[NumberRow]:
        """Yield one row per number, field, page without numbers, and error."""
        if self.file is not None:
            yield from number_rows(self.file, self.model, self.unit.first_page, self.unit.last_page)
        for scan in self.scans:
            yield from form_number_rows(scan, self.model)
