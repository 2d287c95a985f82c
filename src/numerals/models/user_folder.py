"""The folder of what the user made: the store, and the models that were put to use."""

import os
from pathlib import Path

from numerals.private_files import make_private_folder, tighten

_OURS = ("store.db", "models", "in-use.json", ".")  # how the names in it begin


def user_folder() -> Path:
    """Return the folder of what the user made: ``NUMERALS_HOME``, or the system's usual place."""
    named = os.environ.get("NUMERALS_HOME")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("numerals", appauthor=False))


def make_user_folder() -> Path:
    """Make the user's folder, private; one that is there is tightened if it is ours alone.

    A folder that ``NUMERALS_HOME`` names may hold other things, which others are to read: it stays
    as it is then. Our files in it are private either way.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    folder = user_folder()
    make_private_folder(folder)
    if all(entry.name.startswith(_OURS) for entry in folder.iterdir()) and folder != Path.home():
        tighten(folder)
    return folder
