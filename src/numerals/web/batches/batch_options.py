"""How the files of a batch are read: the options in requests and in the store."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import ConfigDict

from numerals.batch.units import WorkOptions
from numerals.errors import NumeralsError, UnknownNameError
from numerals.forms import Template, load_template
from numerals.web.read_query import AnswerChoices, ReadChoices

_TEMPLATE_NAME = re.compile(r"[^\W_][\w .()-]{0,99}")


class BatchOptions(ReadChoices, AnswerChoices):
    """How the files of a batch are read."""

    model_config = ConfigDict(extra="forbid")

    def work_options(self) -> WorkOptions:
        """Return the options for worker processes. Compiling a complex format may take a while.

        Raises
        ------
        OptionError, FormatError, UnknownNameError
            If a value is invalid, or the format would read a file of this machine.
        """
        return WorkOptions(self.read_options(), self.answer_options())


def template_names(folder: Path) -> list[str]:
    """Return the names of the templates in a folder, sorted."""
    if not folder.is_dir():
        return []
    return sorted(path.stem for path in folder.glob("*.toml"))


def template_path(folder: Path, name: str) -> Path:
    """Return the file of a template.

    Raises
    ------
    UnknownNameError
        If there is none with this name.
    """
    path = folder / f"{name}.toml"
    if not _TEMPLATE_NAME.fullmatch(name) or not path.is_file():
        raise UnknownNameError("template", name[:100], template_names(folder))
    return path


def template_fields(folder: Path, name: str) -> list[str]:
    """Return the names of a template's fields; none if it was deleted or cannot be read."""
    return list(template_formats(folder, name))


def template_formats(folder: Path, name: str) -> Mapping[str, str]:
    """Return the number format of each field of a template, "" for none and for a roster.

    The result is empty if the template was deleted or cannot be read.
    """
    layout = template_layout(folder, name)
    fields = layout.fields if layout else ()
    return {field.name: "" if field.roster else field.format or "" for field in fields}


def template_layout(folder: Path, name: str) -> Template | None:
    """Return a template without its picture; None if it was deleted or cannot be read."""
    try:
        path = template_path(folder, name)
        return _load_layout(path, path.stat().st_mtime_ns)
    except (NumeralsError, OSError):
        return None


@lru_cache(maxsize=64)
def _load_layout(path: Path, modified: int) -> Template:
    """Return the layout of a file; the key of the cache has its time of modification."""
    return load_template(path, with_picture=False)
