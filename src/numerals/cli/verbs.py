"""The verbs of the ``numerals`` command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from numerals import __version__
from numerals.cli import compare, evaluate, explain, export, predict, read, serve, similar, train
from numerals.cli.console import say
from numerals.cli.data import app as data_app
from numerals.cli.models import app as models_app
from numerals.cli.store import app as store_app
from numerals.printable import printable


class _Group(TyperGroup):
    """The verbs; messages about options and arguments show these as `printable` does."""

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
for module, verb in (
    (read, read.read),
    (evaluate, evaluate.evaluate),
    (compare, compare.compare),
    (explain, explain.explain),
    (similar, similar.similar),
    (train, train.train),
    (predict, predict.predict),
    (export, export.export),
    (serve, serve.serve),
):
    app.command(epilog=module.EPILOG)(verb)
app.add_typer(data_app, name="data")
app.add_typer(models_app, name="models")
app.add_typer(store_app, name="store")


@app.callback(invoke_without_command=True)
def _options(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        say(__version__)
        raise typer.Exit
