"""What ``numerals read`` does with each result before it prints it: report, annotate, store."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from numerals.cli.console import warn
from numerals.errors import ImageError, NumeralsError

if TYPE_CHECKING:
    from numerals.batch.units import Unit, UnitResult
    from numerals.records import Page
    from numerals.store import Store


@dataclass
class ReadCounts:
    """Numbers of files, or forms, that could be read and that could not."""

    n_read: int = 0
    n_failed: int = 0

    def add(self, result: "UnitResult") -> None:
        """Count the forms of a result, or its file."""
        failed = [scan.error is not None for scan in result.scans]
        if result.file is not None:
            failed.append(bool(result.file.errors))
        self.n_failed += sum(failed)
        self.n_read += len(failed) - sum(failed)


def report_results(
    results: Iterator["UnitResult"],
    counts: ReadCounts,
    annotated: Path | None,
    dpi: int,
    *,
    has_several: bool = False,
) -> Iterator["UnitResult"]:
    """Print errors to stderr, save annotated pages and count while the results pass through.

    Parameters
    ----------
    results : iterator of UnitResult
    counts : ReadCounts
        The results are added.
    annotated : Path, optional
        Where pages with boxes and digits drawn in are saved.
    dpi : int
        Resolution at which PDF pages were rendered.
    has_several : bool, default=False
        Whether several files are read, whose pictures must not replace each other.
    """
    taken: set[Path] | None = set() if has_several else None
    for result in results:
        for scan in result.scans:
            if scan.error:
                warn(f"error: {scan.error}")
        if result.file is not None:
            for error in result.file.errors:
                warn(f"error: {error}")
            if not result.file.errors and not result.file.texts:
                warn(f"{result.file.source}: no number found")
            if annotated and result.file.pages:
                result = _with_annotated_pages(result, annotated, dpi, taken)
        counts.add(result)
        yield result


def _with_annotated_pages(
    result: "UnitResult", out: Path, dpi: int, taken: set[Path] | None
) -> "UnitResult":
    assert result.file is not None
    try:
        _annotate(result.unit, result.file.pages, out, dpi, taken)
    except (NumeralsError, OSError) as error:
        warn(f"error: cannot save the annotated image: {error}")
        failure = ImageError(f"cannot save the annotated image: {error}")
        failure.page, failure.n_pages = result.file.pages[0].number, result.file.pages[-1].number
        return replace(result, file=replace(result.file, errors=(*result.file.errors, failure)))
    return result


def _annotate(
    unit: "Unit", pages: tuple["Page", ...], out: Path, dpi: int, taken: set[Path] | None
) -> None:
    from numerals.batch.unit_sources import STDIN, open_source
    from numerals.images import load_picture
    from numerals.output.annotate import annotate
    from numerals.output.picture_files import annotated_picture_paths, write_picture

    if unit.location == STDIN:
        raise ImageError("standard input can be read only once; save the image to a file first")
    paths = annotated_picture_paths(unit.name, pages, out, taken)
    if taken is not None:
        taken.update(paths)
    for page, path in zip(pages, paths, strict=True):
        source = open_source(unit)
        picture = load_picture(source, page=page.number, resolution=dpi, color=True)
        write_picture(annotate(picture.pixels, page, scale=picture.scale), path)


def store_results(results: Iterator["UnitResult"], store: "Store") -> Iterator["UnitResult"]:
    """Store the pages of each file, as read, while the results pass through."""
    for result in results:
        if result.entries:
            script = result.entries[0].page.script
            store.add(result.entries, result.unit.name, result.model or f"{script} (auto)")
        yield replace(result, entries=())
