"""Fixtures that run a command in this process, with or without the handling of errors."""

import io
import subprocess
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
def run_main(monkeypatch, capsys):
    """Run a command in this process; return what `subprocess.run` would, as text."""

    def run_main(*arguments, stdin=b"", cwd="."):
        with monkeypatch.context() as patch:
            patch.chdir(cwd)
            patch.setattr(sys, "argv", ["numerals", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            with pytest.raises(SystemExit) as ended:
                main()
        return subprocess.CompletedProcess(arguments, ended.value.code, *capsys.readouterr())

    return run_main


@pytest.fixture
def invoke(monkeypatch, tmp_path):
    """Run a command in an empty folder; return its result, or raise its `NumeralsError`."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if isinstance(result.exception, NumeralsError):
            raise result.exception
        return result

    return invoke
