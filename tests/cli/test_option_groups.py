"""Option groups become options of the command, in panels of its help."""

from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from numerals.cli.option_groups import option_group, with_option_groups
from numerals.cli.usage import UsageError
from numerals.cli.verb_command import VerbCommand, examples
from numerals.cli.verbs import GROUPS, VERBS, make_app

WIDTH = 80


@option_group("Size")
class SizeOptions:
    width: Annotated[int, typer.Option(min=1, help="In pixels.")]
    is_square: Annotated[bool, typer.Option("--square", help="Height equals width.")] = False


@pytest.fixture
def call():
    """Return a function that runs a verb with an option group; it returns the received values."""
    app, received = typer.Typer(rich_markup_mode="rich"), {}

    @app.command(cls=VerbCommand, epilog=examples("draw a.png", "draw b.png --square"))
    @with_option_groups
    def draw(path: str, count: int = 1, *, size: SizeOptions):
        """Draw a picture
        of some size.
        """
        if size.width == 13:
            raise UsageError("--width 13 brings bad luck")
        received.update(path=path, count=count, size=size)

    def run(*arguments):
        received.clear()
        result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": str(WIDTH)})
        return dict(received), result

    return run


def test_the_verb_receives_the_group(call):
    received, _ = call("a.png", "--width", "5", "--square")
    assert received == {"path": "a.png", "count": 1, "size": SizeOptions(5, True)}
    assert call("a.png", "--width", "5", "--count", "2")[0]["size"] == SizeOptions(5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a.png",), "Missing option '--width'"),
        (("a.png", "--width", "0"), "--width"),
        (("a.png", "--size", "5"), "No such option: --size"),
        (("a.png", "--width", "13"), "│ --width 13 brings bad luck"),
    ],
)
def test_errors_of_a_group_are_usage_errors(call, arguments, message):
    received, result = call(*arguments)
    assert (received, result.exit_code) == ({}, 2)
    assert message in result.output


def test_help_has_a_panel_for_each_group(call):
    text = call("--help")[1].output
    panel = text[text.index("─ Size ─") :]
    assert panel.index("--width") < panel.index("--square")
    assert "--count" not in panel
    assert "<bool>" not in text


def test_help_joins_lines_and_indents_examples(call):
    lines = [line.rstrip() for line in call("--help")[1].output.splitlines()]
    assert " Draw a picture of some size." in lines
    assert "   draw b.png --square" in lines


@pytest.mark.parametrize("verb", (*VERBS, *GROUPS))
def test_help_fits_80_columns(verb):
    result = CliRunner().invoke(make_app([verb]), [verb, "--help"], env={"COLUMNS": str(WIDTH)})
    assert max(map(len, result.output.splitlines())) <= WIDTH
