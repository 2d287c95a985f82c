"""Two ways to run a command in this process: as a person sees it, and as a test debugs it."""

import sys

import pytest
from typer.testing import CliRunner

from numerals.cli.app import app, main
from numerals.errors import NumeralsError


@pytest.fixture
def call(monkeypatch, capsys):
    """Run a command; return exit code, stdout and stderr."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["numerals", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


@pytest.fixture
def invoke(monkeypatch, tmp_path):
    """Run a command in a folder of its own; return its result, or raise the error it ends with."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if isinstance(result.exception, NumeralsError):
            raise result.exception
        return result

    return invoke
