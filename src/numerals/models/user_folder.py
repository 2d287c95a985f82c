"""The user's folder: it holds the store and the activated models."""

import os
from pathlib import Path

from numerals.private_files import make_private_folder, restrict_permissions

# Of the names that numerals writes.
_OWN_PREFIXES = (
    "store.db",
    "models",
    "in-use.json",
    "classes",
    "batches",
    "templates",
    "training",
    ".",
)


def user_folder() -> Path:
    """Return the user's folder: ``NUMERALS_HOME``, or the system's place for user data."""
    from_environment = os.environ.get("NUMERALS_HOME")
    if from_environment:
        return Path(from_environment)
    import platformdirs

    return Path(platformdirs.user_data_dir("numerals", appauthor=False))


def make_user_folder() -> Path:
    """Create the user's folder with private permissions, and return it.

    An existing folder becomes private only if it holds nothing but numerals' own files:
    ``NUMERALS_HOME`` may name a folder that other people share. The files that numerals writes
    are private in either case.

    Raises
    ------
    OSError
        If the folder cannot be created.
    """
    folder = user_folder()
    make_private_folder(folder)
    has_only_own = all(entry.name.startswith(_OWN_PREFIXES) for entry in folder.iterdir())
    if has_only_own and folder != Path.home():
        restrict_permissions(folder)
    return folder
