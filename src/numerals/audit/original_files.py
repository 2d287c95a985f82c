"""The original files of a run, wherever they are now."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from numerals.audit.population import NumbersRun
from numerals.batch.unit_sources import open_source
from numerals.batch.units import Unit
from numerals.errors import DataError
from numerals.images import Source
from numerals.printable import printable


class OriginalFiles:
    """Opens files of a run by their names: local ones, members of archives, and remote ones.

    Parameters
    ----------
    run : NumbersRun
    names : iterable of str
        The files that will be needed.
    folders : sequence of Path
        Where local files are looked for that are not where they were read.
    """

    def __init__(self, run: NumbersRun, names: Iterable[str], folders: Sequence[Path] = ()) -> None:
        wanted = frozenset(names)
        self._units: dict[str, Unit] = {}
        for unit in run.units():
            name = printable(unit.name)  # as in the rows
            if name in wanted:
                self._units.setdefault(name, unit)
        self._folders = folders

    def __call__(self, name: str) -> Source:
        """Return the source of a file.

        Raises
        ------
        DataError
            If a local file is in none of the folders.
        ImageError
            If the content of a remote file or a member of an archive cannot be read.
        """
        source = open_source(self._units.get(name) or Unit(name, name))
        return self._find(name, source) if isinstance(source, Path) else source

    def _find(self, name: str, path: Path) -> Path:
        named = Path(name)
        candidates = [path, named]
        candidates += [folder / named for folder in self._folders if not named.is_absolute()]
        candidates += [folder / named.name for folder in self._folders]
        for candidate in candidates:
            if candidate.is_file():
                return candidate
        raise DataError(f"{name}: no such file; name the folder where it is now with --pictures")
