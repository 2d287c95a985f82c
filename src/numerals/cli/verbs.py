"""The verbs of the ``numerals`` command."""

import typer

from numerals import __version__
from numerals.cli import compare, evaluate, explain, export, predict, read, serve, similar, train
from numerals.cli.data import app as data_app
from numerals.cli.models import app as models_app

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
