"""The models that read one script, loaded when they are first needed, and shared by readers."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from numerals.errors import ModelError
from numerals.ink import Component, PageInk
from numerals.models import (
    LineModel,
    Model,
    is_line_model,
    line_model_path,
    load_line_model,
    load_model,
)
from numerals.reading.options import ModelLike
from numerals.reading.script_detection import (
    AUTO,
    installed_scripts,
    script_proba,
    select_single_digits,
)


class ScriptModels:
    """The models of one script, or the one model that was given.

    Parameters
    ----------
    model : str or Path or Model or LineModel
        A script, a model file, or a loaded model.
    """

    def __init__(self, model: ModelLike) -> None:
        self._given = model

    @cached_property
    def lines(self) -> LineModel | None:
        """What reads whole lines; None where a model of digits was given, or is all there is."""
        given = self._given
        if isinstance(given, LineModel):
            return given
        if isinstance(given, str) and (shipped := line_model_path(given)):
            return load_line_model(shipped)
        if isinstance(given, str | Path) and is_line_model(given):
            return load_line_model(Path(given))
        return None

    @cached_property
    def digits(self) -> Model:
        """What classifies single digits.

        Raises
        ------
        ModelError
            If a model of lines was given, or one for pictures of another size.
        """
        given = self._given
        if isinstance(given, LineModel):
            raise ModelError("a line model reads lines; layout='digit' needs a model of digits")
        model = load_model(given) if isinstance(given, str | Path) else given
        if model.image_shape != (28, 28):
            raise ModelError(
                f"the model takes digits of {model.image_shape} pixels; reading pictures needs one "
                "that takes (28, 28)"
            )
        return model

    def model_for(self, layout: str) -> Model | LineModel:
        """Return what reads pictures of a layout."""
        return self.digits if layout == "digit" else self.lines or self.digits


def models_by_script(model: ModelLike) -> dict[str, ScriptModels]:
    """Return the models of all installed scripts for ``"auto"``, else one, without a name."""
    if model == AUTO:
        return {script: ScriptModels(script) for script in installed_scripts()}
    return {"": ScriptModels(model)}


def models_for_parts(
    components: Sequence[Component], by_script: Mapping[str, ScriptModels]
) -> ScriptModels:
    """Return the models of the script that most parts look like; without any, of the first."""
    if len(by_script) == 1 or not components:
        return next(iter(by_script.values()))
    proba = script_proba(components, {script: each.digits for script, each in by_script.items()})
    return by_script[max(proba, key=lambda script: proba[script])]


class ScriptChoice:
    """Decides once which script a page is written in, for each way up in which it is read.

    Whatever else is read of the page, such as a single cell, is of the same script.
    """

    def __init__(self, by_script: Mapping[str, ScriptModels]) -> None:
        self._by_script = by_script
        self._chosen: dict[float, ScriptModels] = {}

    def models_for(self, ink: PageInk) -> ScriptModels:
        """Return the models of the page's script; the first ink that is shown decides."""
        if ink.turn in self._chosen:
            return self._chosen[ink.turn]
        components = select_single_digits(ink.lines) if len(self._by_script) > 1 else []
        models = models_for_parts(components, self._by_script)
        if components:  # ink of another kind may still tell
            self._chosen[ink.turn] = models
        return models
