"""The models of one script, loaded on first use and shared by readers."""

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
    """The models of one script, or one given model.

    Parameters
    ----------
    model : str or Path or Model or LineModel
        A script, a model file, or a loaded model.
    """

    def __init__(self, model: ModelLike) -> None:
        self._model = model

    @cached_property
    def lines(self) -> LineModel | None:
        """Line model; None where a digit model was given, or where the script has no line model."""
        model = self._model
        if isinstance(model, LineModel):
            return model
        if isinstance(model, str) and (path := line_model_path(model)):
            return load_line_model(path)
        if isinstance(model, str | Path) and is_line_model(model):
            return load_line_model(Path(model))
        return None

    @cached_property
    def digits(self) -> Model:
        """Digit model.

        Raises
        ------
        ModelError
            If a line model was given, or a digit model for another image size.
        """
        model = self._model
        if isinstance(model, LineModel):
            raise ModelError("a line model reads lines; layout='digit' needs a model of digits")
        digit_model = load_model(model) if isinstance(model, str | Path) else model
        if digit_model.image_shape != (28, 28):
            raise ModelError(
                f"the model takes digits of {digit_model.image_shape} pixels; reading pictures "
                "needs one that takes (28, 28)"
            )
        return digit_model

    def model_for(self, layout: str) -> Model | LineModel:
        """Return the model that reads pictures of a layout."""
        return self.digits if layout == "digit" else self.lines or self.digits


def models_by_script(model: ModelLike) -> dict[str, ScriptModels]:
    """Return the models of all installed scripts for ``"auto"``, else one under an empty name."""
    if model == AUTO:
        return {script: ScriptModels(script) for script in installed_scripts()}
    return {"": ScriptModels(model)}


def choose_script_models(
    components: Sequence[Component], by_script: Mapping[str, ScriptModels]
) -> ScriptModels:
    """Return the models of the most probable script of components; the first without any."""
    if len(by_script) == 1 or not components:
        return next(iter(by_script.values()))
    proba = script_proba(components, {script: each.digits for script, each in by_script.items()})
    return by_script[max(proba, key=lambda script: proba[script])]


class ScriptChoice:
    """Chooses the script of a page once for each orientation in which the page is read.

    All further ink of the page, such as a single cell, is read with the same script.

    Parameters
    ----------
    by_script : mapping of str to ScriptModels
    """

    def __init__(self, by_script: Mapping[str, ScriptModels]) -> None:
        self._by_script = by_script
        self._chosen: dict[float, ScriptModels] = {}

    def models_for(self, ink: PageInk) -> ScriptModels:
        """Return the models of the page's script, which the first ink with digits determines."""
        if ink.turn in self._chosen:
            return self._chosen[ink.turn]
        components = select_single_digits(ink.lines) if len(self._by_script) > 1 else []
        models = choose_script_models(components, self._by_script)
        if components:  # without components, later ink may determine the script
            self._chosen[ink.turn] = models
        return models
