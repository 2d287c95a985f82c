"""The verbs of the ``numerals`` command."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import typer

from numerals import __version__
from numerals.cli.console import print_text
from numerals.cli.verb_command import VerbCommand, VerbGroup
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
    "examples",
)
"""Verbs that are one command: a function in a module of the same name."""
GROUPS = ("audit", "data", "models", "store", "template")
"""Verbs with subcommands: a typer application in a module of the same name."""


class _TopGroup(VerbGroup):
    """The top-level group; its error messages escape control characters in arguments."""

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
        # An error of click, or of the copy of click that newer releases of typer contain.
        if hasattr(error, "format_message"):
            setattr(error, "message", printable(getattr(error, "message", ""), keep="\n"))  # noqa: B010
        raise


def make_app(arguments: Sequence[str] = ()) -> typer.Typer:
    """Return the command line application.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments of the command line. If the first one is a verb, only that verb is loaded:
        loading all verbs takes longer than loading the image decoders.
    """
    app = typer.Typer(
        name="numerals",
        cls=_TopGroup,
        help="Read handwritten numbers from photos, scans and PDFs, offline.",
        no_args_is_help=True,
        rich_markup_mode="rich",
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_global_options)
    known = (*VERBS, *GROUPS)
    for name in [name for name in arguments[:1] if name in known] or known:
        module = import_module(f"numerals.cli.{name}")
        if name in GROUPS:
            app.add_typer(module.app, name=name)
        else:
            app.command(epilog=module.EPILOG, cls=VerbCommand)(getattr(module, name))
    return app


def _global_options(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        print_text(__version__)
        raise typer.Exit
