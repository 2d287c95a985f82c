"""Cache of loaded models, cleared when another model is activated."""

import threading

from numerals.errors import UnknownNameError
from numerals.models import DigitModel, load_model
from numerals.models.activated_models import activations_changed_at
from numerals.reading import Reader, ReadOptions
from numerals.reading.script_detection import AUTO, installed_scripts


class ReaderCache:
    """Readers and digit models by script. It is safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed_at = activations_changed_at()
        self._scripts = [*installed_scripts(), AUTO]  # looked up once; it takes milliseconds
        self._readers: dict[str, Reader] = {}
        self._digit_models: dict[str, DigitModel] = {}

    def scripts(self) -> list[str]:
        """Return the scripts that can be read, then ``auto``."""
        return list(self._scripts)

    def reader(self, options: ReadOptions) -> Reader:
        """Return a reader for some options, whose model must be a script.

        Raises
        ------
        UnknownNameError
            If the script is unknown.
        """
        script = self._check_script(options.model, self.scripts())
        with self._lock:
            self._drop_outdated()
            if script not in self._readers:
                self._readers[script] = Reader(script)
            return self._readers[script].with_options(options)

    def digit_model(self, script: str) -> DigitModel:
        """Return the digit model of a script.

        Raises
        ------
        UnknownNameError
            If the script is unknown.
        """
        self._check_script(script, self.scripts()[:-1])
        with self._lock:
            self._drop_outdated()
            if script not in self._digit_models:
                self._digit_models[script] = load_model(script)
            return self._digit_models[script]

    def _check_script(self, name: object, scripts: list[str]) -> str:
        """Return the name if it is a known script; a path must not reach the loader."""
        if not isinstance(name, str) or name not in scripts:
            raise UnknownNameError("script", str(name), scripts)
        return name

    def _drop_outdated(self) -> None:
        changed_at = activations_changed_at()
        if changed_at != self._changed_at:
            self._readers.clear()
            self._digit_models.clear()
            self._changed_at = changed_at
