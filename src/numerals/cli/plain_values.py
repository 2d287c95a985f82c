"""Arguments that need no conversion are taken as they are, without what typer loads to convert.

Newer releases of typer convert each value with pydantic, whose import takes a tenth of the
processor time of ``numerals read photo.jpg``. Texts stay texts, and defaults are what they are.
"""

from typing import Any

from typer.core import TyperCommand


def take_plain_values(parameters: list[Any]) -> list[Any]:
    """Let typer convert only those values of parameters that need it; return the parameters."""
    for parameter in parameters:
        convert = getattr(parameter, "get_runtime_param", None)
        if convert is not None and not isinstance(convert, _Plain):  # older typers have none
            parameter.get_runtime_param = _Plain(parameter.type_descriptor.annotation, convert)
    return parameters


class PlainCommand(TyperCommand):
    """A verb whose plain values are not converted."""

    def get_params(self, ctx: Any) -> Any:
        """Return the options and arguments."""
        return take_plain_values(list(super().get_params(ctx)))


class _Plain:
    """Stands in for what converts the values of one parameter."""

    def __init__(self, annotation: Any, convert: Any) -> None:
        self._annotation, self._convert = annotation, convert

    def __call__(self) -> "_Plain":
        return self

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value as the verb takes it."""
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
