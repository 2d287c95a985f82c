"""Base classes of the verbs: they start faster than those of typer, and format help texts.

Newer releases of typer convert each value with pydantic, whose import takes a tenth of the
processor time of ``numerals read photo.jpg``. Text arguments and defaults need no conversion.
"""

from typing import Any

from typer.core import TyperCommand, TyperGroup


class VerbCommand(TyperCommand):
    """A typer command that converts only those values that need it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.help:
            self.help = _unwrap(self.help)
        if self.epilog:  # starts with a line break, since typer removes the indent below line 1
            self.epilog = "\n" + _unwrap(self.epilog)

    def get_params(self, ctx: Any) -> Any:
        """Return the options and arguments."""
        return skip_conversion(list(super().get_params(ctx)))


class VerbGroup(TyperGroup):
    """A typer group that converts only those values that need it."""

    def get_params(self, ctx: Any) -> Any:
        """Return the options."""
        return skip_conversion(list(super().get_params(ctx)))


def examples(*commands: str) -> str:
    """Return the epilog of a help text that lists example commands."""
    return "\n\n  ".join(("[bold]Examples[/bold]", *commands))


def skip_conversion(parameters: list[Any]) -> list[Any]:
    """Make typer convert only those values of the parameters that need it.

    Help texts also omit the type ``<bool>`` of flags, which would take a column.

    Parameters
    ----------
    parameters : list of typer.core.TyperOption or typer.core.TyperArgument
        Changed in place.

    Returns
    -------
    list
        The same list.
    """
    for parameter in parameters:
        if getattr(parameter, "is_flag", False) and parameter.metavar is None:
            parameter.metavar = ""
        convert = getattr(parameter, "get_runtime_param", None)  # older releases have none
        if convert is not None and not isinstance(convert, _ConvertIfNeeded):
            annotation = parameter.type_descriptor.annotation
            parameter.get_runtime_param = _ConvertIfNeeded(annotation, convert)
    return parameters


class _ConvertIfNeeded:
    """Converter of one parameter that calls typer's converter only for values that need it."""

    def __init__(self, annotation: Any, convert: Any) -> None:
        self._annotation, self._convert = annotation, convert

    def __call__(self) -> "_ConvertIfNeeded":
        return self

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value that the verb is called with."""
        is_multiple = param.multiple or param.nargs == -1
        if value is None:
            return () if is_multiple else None
        if value is param.default and not is_multiple:
            return value
        if self._annotation is str and isinstance(value, str):
            return value
        if self._annotation == list[str] and isinstance(value, tuple | list):
            return list(value)
        return self._convert().coerce(value, param=param, ctx=ctx)


def _unwrap(text: str) -> str:
    """Join the lines of each paragraph, since typer keeps line breaks; indented lines stay."""
    paragraphs = text.strip("\n").split("\n\n")
    return "\n\n".join(
        each if each.startswith(" ") else each.replace("\n", " ") for each in paragraphs
    )
