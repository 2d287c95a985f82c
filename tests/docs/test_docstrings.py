"""The examples in docstrings print what they say."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import numerals

PACKAGE = Path(numerals.__file__).parent
MODULES = sorted(
    ".".join(("numerals", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    )
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name, capsys):
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        pytest.skip(f"needs an extra: {error}")
    failed, _ = doctest.testmod(module)
    assert failed == 0, capsys.readouterr().out
