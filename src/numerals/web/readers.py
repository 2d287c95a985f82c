"""The models: each is loaded once, and again when another is put to use."""

import copy
import threading

from numerals.errors import UnknownNameError
from numerals.formats import parse_format
from numerals.models import DigitModel, load_model
from numerals.models.in_use import changed_at
from numerals.reading import Reader
from numerals.reading.scripts import AUTO, installed_scripts

LAYOUTS = {"page": "page", "field": "field", "digits": "digit", "digit": "digit"}
"""What the API calls a layout -> what the reader calls it."""


class Readers:
    """Readers by script and layout; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed_at = changed_at()
        self._scripts = [*installed_scripts(), AUTO]  # looked for once: it takes milliseconds
        self._readers: dict[tuple[str, str], Reader] = {}
        self._digit_models: dict[str, DigitModel] = {}

    def scripts(self) -> list[str]:
        """Return the scripts that can be read, and ``auto``."""
        return list(self._scripts)

    def reader(self, script: str, layout: str, number_format: str | None = None) -> Reader:
        """Return what reads pictures of a script.

        Raises
        ------
        UnknownNameError
            If there is no such script or layout, or no such format.
        """
        if layout not in LAYOUTS:
            raise UnknownNameError("layout", layout, LAYOUTS)
        with self._lock:
            reader = self._find(script, LAYOUTS[layout])
        if not number_format:
            return reader
        _check_format(number_format)
        if script != AUTO:
            model = reader.line_model or reader.model
            assert model is not None
            return Reader(model, layout=LAYOUTS[layout], number_format=number_format)
        formatted = copy.copy(reader)  # the same models
        formatted.number_format = parse_format(number_format)
        return formatted

    def digit_model(self, script: str) -> DigitModel:
        """Return the model of a script's single digits."""
        self._check(script, auto=False)
        with self._lock:
            self._renew()
            if script not in self._digit_models:
                self._digit_models[script] = load_model(script)
            return self._digit_models[script]

    def _find(self, script: str, layout: str) -> Reader:
        self._check(script, auto=True)
        self._renew()
        if (script, layout) not in self._readers:
            other = self._readers.get((script, "page" if layout == "field" else "field"))
            model = other and (other.line_model or other.model)
            if layout == "digit" or not model:
                self._readers[script, layout] = Reader(script, layout=layout)
            else:
                self._readers[script, layout] = Reader(model, layout=layout)
        return self._readers[script, layout]

    def _check(self, script: str, *, auto: bool) -> None:
        """Names alone: what looks like a path would be read as one."""
        known = self.scripts() if auto else self.scripts()[:-1]
        if script not in known:
            raise UnknownNameError("script", script, known)

    def _renew(self) -> None:
        stamp = changed_at()
        if stamp != self._changed_at:
            self._readers.clear()
            self._digit_models.clear()
            self._changed_at = stamp


def _check_format(spec: str) -> None:
    """Refuse what somebody elsewhere should not ask of this machine."""
    if spec.startswith("roster:"):  # a file
        raise UnknownNameError("number format", "roster: over HTTP", ["regex:A|B|C"])
