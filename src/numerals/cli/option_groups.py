"""Option groups: the options of a verb as dataclasses, one per panel of ``--help``."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, dataclass_transform, get_args

from typer.models import OptionInfo

Group = TypeVar("Group")


@dataclass_transform(frozen_default=True)
def option_group(panel: str) -> Callable[[type[Group]], type[Group]]:
    """Make a class a frozen dataclass whose fields are options in one panel of ``--help``.

    Parameters
    ----------
    panel : str
        The title of the panel.
    """

    def decorate(group: type[Group]) -> type[Group]:
        for annotation in inspect.get_annotations(group).values():
            for metadata in get_args(annotation)[1:]:
                if isinstance(metadata, OptionInfo):
                    metadata.rich_help_panel = panel
        setattr(group, "__option_panel__", panel)  # noqa: B010
        return dataclass(frozen=True)(group)

    return decorate


def with_option_groups(verb: Callable[..., None]) -> Callable[..., None]:
    """Replace each parameter that is an option group by the options of the group.

    Parameters
    ----------
    verb : callable
        Function with parameters annotated for typer; some are classes made by `option_group`.

    Returns
    -------
    callable
        Takes all options as keywords, and calls `verb` with an instance of each group.
    """
    parameters: list[inspect.Parameter] = []
    groups: dict[str, tuple[type, tuple[str, ...]]] = {}
    for parameter in inspect.signature(verb).parameters.values():
        group = parameter.annotation
        if hasattr(group, "__option_panel__"):
            options = inspect.signature(group).parameters
            groups[parameter.name] = group, tuple(options)
            parameters += options.values()
        else:
            parameters.append(parameter)

    @wraps(verb)
    def command(**values: Any) -> None:
        for name, (group, options) in groups.items():
            values[name] = group(**{option: values.pop(option) for option in options})
        verb(**values)

    # typer reads the options from the signature.
    keywords = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    setattr(command, "__signature__", inspect.Signature(keywords))  # noqa: B010
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command
