"""The verbs of the ``numerals`` command."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from numerals import __version__
from numerals.cli.console import say
from numerals.cli.plain_values import PlainCommand, take_plain_values
from numerals.printable import printable

VERBS = (
    "read",
    "evaluate",
    "compare",
    "explain",
    "similar",
    "train",
    "predict",
    "export",
    "serve",
)
"""Each is a function in a file of the same name."""
GROUPS = ("data", "models", "store")
"""Each is a file with commands of its own."""


class _Group(TyperGroup):
    """The verbs; messages about options and arguments show these as `printable` does."""

    def get_params(self, ctx: Any) -> Any:
        return take_plain_values(list(super().get_params(ctx)))

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        with _printable_errors():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        with _printable_errors():
            return super().invoke(ctx)


@contextmanager
def _printable_errors() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if hasattr(error, "format_message"):  # click's own, which typer keeps elsewhere by now
            setattr(error, "message", printable(getattr(error, "message", ""), keep="\n"))  # noqa: B010
        raise


def make_app(arguments: Sequence[str] = ()) -> typer.Typer:
    """Return the command line; where arguments begin with a verb, with that verb alone.

    Loading them all takes longer than loading what reads a picture's bytes.
    """
    app = typer.Typer(
        name="numerals",
        cls=_Group,
        help="Read handwritten numbers from photos, scans and PDFs, offline.",
        no_args_is_help=True,
        rich_markup_mode="rich",
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_options)
    known = (*VERBS, *GROUPS)
    wanted = [name for name in arguments[:1] if name in known] or known
    for name in wanted:
        module = import_module(f"numerals.cli.{name}")
        if name in GROUPS:
            app.add_typer(module.app, name=name)
        else:
            app.command(epilog=module.EPILOG, cls=PlainCommand)(getattr(module, name))
    return app


def _options(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        say(__version__)
        raise typer.Exit
