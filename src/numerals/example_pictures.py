"""The example pictures that are installed with numerals."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from numerals.errors import NumeralsError
from numerals.files import atomic_file

_PACKAGE = Path(__file__).parent


def find_examples() -> Path:
    """Return the folder of the example pictures.

    Returns
    -------
    Path
        ``examples`` inside the package, where the wheel installs it, or that of the source tree.

    Raises
    ------
    NumeralsError
        If the installation lacks the folder.
    """
    for folder in (_PACKAGE / "examples", _PACKAGE.parents[1] / "examples"):
        if (folder / "phone-number.jpg").is_file():
            return folder
    raise NumeralsError(
        f"{_PACKAGE / 'examples'}: the example pictures are missing; install numerals again"
    )


def copy_examples(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Copy the example pictures; files that exist are kept.

    Parameters
    ----------
    folder : Path
        Folder to write to; it is created.

    Yields
    ------
    path : Path
        A file in `folder`.
    is_new : bool
        Whether it was copied; False if a file of that name existed.

    Raises
    ------
    NumeralsError
        If a file cannot be written.
    """
    source = find_examples()
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        target = folder / file.relative_to(source)
        if target.exists():
            yield target, False
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with atomic_file(target) as copy:
                shutil.copyfile(file, copy)
        except OSError as error:
            raise NumeralsError(
                f"{target}: cannot be written ({error.strerror}); choose another folder"
            ) from error
        yield target, True
