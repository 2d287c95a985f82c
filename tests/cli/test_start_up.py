"""Modules that the command line loads to read one image, and those that it does not load."""

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from numerals.cli.verb_command import VerbCommand
from numerals.cli.verbs import GROUPS, VERBS, make_app

LOADED = """
import sys
sys.argv = ["numerals", "read", sys.argv[1]]
from numerals.cli.app import main
try:
    main()
finally:
    print([name for name in {unwanted!r} if name in sys.modules])
"""
UNWANTED = (
    "pydantic",
    "rich",
    "pypdfium2",
    "importlib.metadata",
    "PIL.TiffImagePlugin",
    "numerals.forms",
    "numerals.store",
    "numerals.data",
    *(f"numerals.cli.{name}" for name in (*VERBS[1:], *GROUPS)),
)


def test_reading_an_image_loads_no_unneeded_module(draw, tmp_path):
    from PIL import Image

    path = tmp_path / "photo.jpg"
    Image.fromarray(draw("417")).save(path)
    code = LOADED.format(unwanted=UNWANTED)
    found = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    assert found.stdout.splitlines() == ["417", "[]"], found.stderr


def test_help_lists_all_verbs_and_unknown_verbs_are_reported():
    result = CliRunner().invoke(make_app(["--help"]), ["--help"])
    assert all(f" {name} " in result.output for name in (*VERBS, *GROUPS))
    result = CliRunner().invoke(make_app(["raed"]), ["raed"])
    assert result.exit_code == 2 and "No such command 'raed'" in result.output


@pytest.mark.parametrize("name", (*VERBS, *GROUPS))
def test_a_verb_loaded_alone_has_the_same_help(name):
    alone = CliRunner().invoke(make_app([name]), [name, "--help"])
    assert alone.exit_code == 0
    assert alone.output == CliRunner().invoke(make_app(), [name, "--help"]).output


@pytest.fixture
def call():
    """Return a function that runs a verb and returns the values that the verb received."""
    app, got = typer.Typer(), {}

    @app.command(cls=VerbCommand)
    def verb(
        paths: list[str],
        name: str = "a",
        count: int = 3,
        share: float | None = typer.Option(None, min=0, max=1),
        often: list[str] | None = None,
    ):
        got.update(paths=paths, name=name, count=count, share=share, often=often)

    def run(*arguments):
        got.clear()
        result = CliRunner().invoke(app, list(arguments))
        return dict(got), result

    return run


def test_values_equal_those_of_typer(call):
    given, _ = call("x", "y")
    assert given["paths"] == ["x", "y"]
    assert (given["name"], given["count"], given["share"]) == ("a", 3, None)
    given, _ = call("x", "--name", "007", "--count", "5", "--share", "0.5", "--often", "p")
    assert given == {"paths": ["x"], "name": "007", "count": 5, "share": 0.5, "often": ["p"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x", "--count", "many"), "--count"),
        (("x", "--share", "2"), "--share"),
        ((), "Missing argument"),
    ],
)
def test_invalid_values_are_reported(call, arguments, message):
    given, result = call(*arguments)
    assert (given, result.exit_code) == ({}, 2)
    assert message in result.output
