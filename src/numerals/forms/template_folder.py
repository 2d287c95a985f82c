"""A folder of templates by name: each a TOML file, the picture of its form, and its rosters."""

import contextlib
import hashlib
import io
import re
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import (
    DataError,
    DataNotFoundError,
    NumeralsError,
    StoreError,
)
from numerals.files import PRIVATE_FILE, write_atomic
from numerals.forms.template import (
    MAX_REFERENCE_SIDE,
    Field,
    Template,
    load_template,
)
from numerals.forms.template_checks import make_reference
from numerals.forms.template_values import parse_values
from numerals.forms.template_writing import format_template, write_template
from numerals.images import load_picture
from numerals.picture_encoding import encode_png
from numerals.private_files import locked, make_private_folder
from numerals.strict_toml import read_toml

MAX_NAME = 80
"""Maximum length of the name of a template, characters."""
MAX_TEMPLATES = 1000
"""Maximum number of templates in a folder."""
DRAFT_DAYS = 7
"""Days after which the picture of a template that was never saved is deleted."""
MAX_DRAFTS = 50
"""Maximum number of such pictures; the oldest are deleted."""
LOCK_SECONDS = 5.0
"""Seconds that a change waits for another one."""

_NAME = re.compile(r"[^\W_][\w ()-]*")
_PICTURE_ID = re.compile(r"[0-9a-f]{24}")
_DRAFTS = ".pictures"


@dataclass(frozen=True)
class TemplateSummary:
    """A template in a list.

    Attributes
    ----------
    name : str
    fields, relations : int
        Their numbers.
    has_picture : bool
    error : str
        Why the template cannot be used; empty if it can.
    """

    name: str
    fields: int
    relations: int
    has_picture: bool
    error: str = ""


class TemplateFolder:
    """Templates by name, in a folder that only the user may read.

    A picture or roster is written before the TOML file that names it, and deleted after it, so that
    every template is complete after a crash. Their names contain a hash of their content.

    Parameters
    ----------
    folder : Path
        Created when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Return the names of all templates, sorted."""
        files = self._folder.glob("*.toml") if self._folder.is_dir() else ()
        return sorted(path.stem for path in files if _is_name(path.stem))[:MAX_TEMPLATES]

    def summaries(self) -> list[TemplateSummary]:
        """Return all templates in brief, also those that cannot be loaded."""
        return [self._summary(name) for name in self.names()]

    def path(self, name: str) -> Path:
        """Return the TOML file of a template.

        Raises
        ------
        DataNotFoundError
            If there is no template with this name.
        """
        path = self._folder / f"{name}.toml"
        if not _is_name(name) or not path.is_file():
            raise DataNotFoundError(
                f"there is no form named {name[:MAX_NAME]!r}; known: "
                f"{', '.join(self.names()) or 'none'}"
            )
        return path

    def load(self, name: str) -> Template:
        """Load a template by its name; errors as in `path` and `load_template`."""
        path = self.path(name)
        try:
            return load_template(path)
        except NumeralsError as error:  # a client must not learn the folder
            message = str(error).replace(str(path), f"form {name}")
            message = message.replace(f"{self._folder}/", "")
            raise error.with_message(message) from error

    def add_picture(self, pixels: npt.NDArray[np.uint8]) -> str:
        """Keep the picture of a form until a template with it is saved; return its id.

        Parameters
        ----------
        pixels : ndarray of uint8, shape (height, width)
        """
        content = encode_png(pixels)
        picture_id = hashlib.sha256(content).hexdigest()[:24]
        make_private_folder(self._drafts)
        self._prune_drafts()
        write_atomic(self._drafts / f"{picture_id}.png", content, PRIVATE_FILE)
        return picture_id

    def picture(self, picture_id: str) -> bytes:
        """Return the PNG file of a picture that was added.

        Raises
        ------
        DataNotFoundError
            If there is none with this id.
        """
        path = self._drafts / f"{picture_id}.png"
        if not _PICTURE_ID.fullmatch(picture_id) or not path.is_file():
            raise DataNotFoundError("the picture of this form is gone; open the form again")
        return path.read_bytes()

    def reference_png(self, name: str) -> bytes:
        """Return the picture of a template as a PNG file."""
        return encode_png(self.load(name).reference)

    def archive(self, name: str) -> bytes:
        """Return the TOML file, the picture and the rosters of a template as a ZIP file."""
        template, path = self.load(name), self.path(name)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
            target.writestr(path.name, format_template(template, f"{name}.png"))
            target.writestr(f"{name}.png", encode_png(template.reference))
            for roster in {field.roster for field in template.fields if field.roster}:
                target.writestr(roster.name, roster.read_bytes())
        return stream.getvalue()

    def save(
        self,
        name: str,
        values: dict[str, Any],
        picture_id: str | None = None,
        picture_of: str | None = None,
    ) -> Template:
        """Check a template, and write it under a name.

        Parameters
        ----------
        name : str
        values : dict
            As `template_values` returns them.
        picture_id : str, optional
            As `add_picture` returned it; by default the picture stays as it is.
        picture_of : str, optional
            Another template, whose picture is copied.

        Returns
        -------
        Template

        Raises
        ------
        DataError
            If the name or a value is invalid, or the picture shows too little print.
        DataNotFoundError
            If there is no such picture, or no template whose picture could stay.
        """
        check_name(name)
        if name not in (known := self.names()) and len(known) >= MAX_TEMPLATES:
            raise DataError(f"there are {MAX_TEMPLATES} forms already; delete one first")
        before = self.load(picture_of or name) if picture_id is None or name in known else None
        if picture_id is None:
            assert before is not None
            reference = before.reference
        else:
            picture = load_picture(self.picture(picture_id), max_side=MAX_REFERENCE_SIDE)
            reference = picture.pixels
        with tempfile.TemporaryDirectory() as rosters:
            template = parse_values(values, reference, Path(rosters))
            make_reference(template)  # a form that cannot be found is refused
            with self._locked():
                return self._write(name, template)

    def delete(self, name: str) -> None:
        """Delete a template with its picture and rosters; errors as in `path`."""
        self.path(name)
        with self._locked():
            files = self._files_of(name)
            (self._folder / f"{name}.toml").unlink(missing_ok=True)
            for file in files:
                file.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold a lock, so that no other request deletes a picture that this one has written."""
        make_private_folder(self._folder)
        try:
            with locked(self._folder / ".lock", LOCK_SECONDS):
                yield
        except TimeoutError as error:
            raise StoreError("another program is changing the forms; try again later") from error

    def _write(self, name: str, template: Template) -> Template:
        """Write a template, and return it with its rosters in this folder."""
        try:
            image = self._add_file(name, encode_png(template.reference), "png")
            fields = tuple(self._add_roster(name, field) for field in template.fields)
            written = replace(template, fields=fields)
            write_template(self._folder / f"{name}.toml", written, image.name, PRIVATE_FILE)
        except OSError as error:
            raise DataError(
                f"the form cannot be saved ({error.strerror}); is the disk full?"
            ) from error
        used = {image, *(field.roster for field in fields)}
        for file in self._files_of(name):
            if file not in used:
                file.unlink(missing_ok=True)
        return written

    def _add_roster(self, name: str, field: Field) -> Field:
        if field.roster is None:
            return field
        path = self._add_file(name, field.roster.read_bytes(), "txt")
        return replace(field, format=f"roster:{path}")

    def _add_file(self, name: str, content: bytes, suffix: str) -> Path:
        """Write a file of a template under a name with the hash of its content."""
        path = self._folder / f"{name}.{hashlib.sha256(content).hexdigest()[:8]}.{suffix}"
        write_atomic(path, content, PRIVATE_FILE)
        return path

    def _files_of(self, name: str) -> list[Path]:
        """Return the pictures and rosters that `save` has written for a template."""
        pattern = re.compile(re.escape(name) + r"\.[0-9a-f]{8}\.(png|txt)")
        return [path for path in self._folder.iterdir() if pattern.fullmatch(path.name)]

    def _summary(self, name: str) -> TemplateSummary:
        """Return a template in brief, without decoding its picture."""
        path = self._folder / f"{name}.toml"
        try:
            top = read_toml(path)
            has_picture = (path.parent / top.take("image", str)).is_file()
            n_fields, n_relations = len(top.tables("field")), len(top.tables("relation"))
        except NumeralsError as error:
            message = str(error).replace(str(path), f"form {name}")
            return TemplateSummary(name, 0, 0, False, message)
        return TemplateSummary(name, n_fields, n_relations, has_picture)

    @property
    def _drafts(self) -> Path:
        return self._folder / _DRAFTS

    def _prune_drafts(self) -> None:
        dated = []
        for path in self._drafts.glob("*.png"):
            with contextlib.suppress(OSError):  # another request has deleted it
                dated.append((path.stat().st_mtime, path))
        dated.sort(reverse=True)
        oldest = time.time() - DRAFT_DAYS * 86_400
        for i, (modified_at, path) in enumerate(dated):
            if i >= MAX_DRAFTS - 1 or modified_at < oldest:
                path.unlink(missing_ok=True)


def check_name(name: str) -> None:
    """Raise DataError unless a text can name a template, and its file on all systems."""
    if not _is_name(name):
        raise DataError(
            f"{name[:MAX_NAME]!r} cannot be the name of a form; use up to {MAX_NAME} letters, "
            "digits, spaces and - ( ), starting with a letter or digit"
        )


def _is_name(name: str) -> bool:
    return len(name) <= MAX_NAME and bool(_NAME.fullmatch(name)) and name[-1] != " "
