"""The ``numerals`` command: its verbs, and what becomes of errors."""

import os
import sys

import typer

from numerals import __version__
from numerals.cli import compare, evaluate, explain, export, predict, read, serve, similar, train
from numerals.cli.console import escape_unencodable
from numerals.cli.data import app as data_app
from numerals.cli.models import app as models_app
from numerals.errors import NumeralsError

app = typer.Typer(
    name="numerals",
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


@app.callback(invoke_without_command=True)
def _options(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line; errors of ours are one line on stderr and exit code 2."""
    escape_unencodable()
    try:
        app()
    except NumeralsError as error:
        print(f"numerals: error: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # the reader of the pipe, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except KeyboardInterrupt:
        print("numerals: interrupted", file=sys.stderr)
        sys.exit(130)
