"""The models: each is loaded once, and again when another is put to use."""

import threading

from numerals.errors import UnknownNameError
from numerals.models import DigitModel, load_model
from numerals.models.activated_models import activations_changed_at
from numerals.reading import Reader, ReadOptions
from numerals.reading.script_detection import AUTO, installed_scripts


class ReaderCache:
    """ReaderCache by script; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed_at = activations_changed_at()
        self._scripts = [*installed_scripts(), AUTO]  # looked for once: it takes milliseconds
        self._readers: dict[str, Reader] = {}
        self._digit_models: dict[str, DigitModel] = {}

    def scripts(self) -> list[str]:
        """Return the scripts that can be read, and ``auto``."""
        return list(self._scripts)

    def reader(self, options: ReadOptions) -> Reader:
        """Return what reads pictures as the options say; their model is a script.

        Raises
        ------
        UnknownNameError
            If there is no such script.
        """
        script = self._known(options.model, self.scripts())
        with self._lock:
            self._renew()
            if script not in self._readers:
                self._readers[script] = Reader(script)
            return self._readers[script].with_options(options)

    def digit_model(self, script: str) -> DigitModel:
        """Return the model of a script's single digits."""
        self._known(script, self.scripts()[:-1])
        with self._lock:
            self._renew()
            if script not in self._digit_models:
                self._digit_models[script] = load_model(script)
            return self._digit_models[script]

    def _known(self, name: object, scripts: list[str]) -> str:
        """Return a script's name: what looks like a path would be read as one."""
        if not isinstance(name, str) or name not in scripts:
            raise UnknownNameError("script", str(name), scripts)
        return name

    def _renew(self) -> None:
        stamp = activations_changed_at()
        if stamp != self._changed_at:
            self._readers.clear()
            self._digit_models.clear()
            self._changed_at = stamp
