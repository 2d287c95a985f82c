"""The list of activated models: atomic writes, private files, and errors for damaged lists."""

import json
import stat
import subprocess
import sys

import pytest

from numerals.errors import ModelError
from numerals.models.activated_models import (
    activate_model,
    activated_scripts,
    models_folder,
    roll_back_model,
)
from numerals.models.user_folder import make_user_folder

ACTIVATE_FIVE = (
    "import sys, pathlib; from numerals.models.activated_models import activate_model\n"
    "for n in range(5): activate_model(pathlib.Path(sys.argv[1]), f'{sys.argv[2]}{n}', 'digits')"
)


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"content of a model")
    return path


def test_concurrent_activations_lose_nothing(home, model):
    running = [
        subprocess.Popen([sys.executable, "-c", ACTIVATE_FIVE, str(model), name])
        for name in "abcdef"
    ]
    assert [process.wait(60) for process in running] == [0] * 6
    assert activated_scripts() == [f"{name}{n}" for name in "abcdef" for n in range(5)]
    left = {path.name for path in models_folder().iterdir() if path.suffix != ".onnx"}
    assert left == {"in-use.json", ".lock"}


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00\x01",
        b"",
        b"{",
        b"[1]",
        b"3",
        b"null",
        b'{"latin digits": "abc"}',
        b'{"latin digits": 3}',
        b'{"latin digits": [3]}',
        b'{"latin digits": {"a": 1}}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": ' + b"1" * 5000 + b"}",
        b" " * (1 << 20) + b"{}",
    ],
    ids=lambda content: content[:20],
)
def test_damaged_list_error_names_the_file_and_the_remedy(home, model, content):
    activate_model(model, "latin", "digits")
    path = models_folder() / "in-use.json"
    path.write_bytes(content)
    for call in (activated_scripts, lambda: activate_model(model, "latin", "digits")):
        with pytest.raises(ModelError, match=r"in-use\.json: is damaged .* remove it"):
            call()
    assert path.read_bytes() == content  # the user may repair it by hand
    path.unlink()
    assert activated_scripts() == []


def test_list_that_is_a_folder_is_reported(home, model):
    (models_folder() / "in-use.json").mkdir(parents=True)
    with pytest.raises(ModelError, match=r"in-use\.json: is not a regular file"):
        activated_scripts()


def test_activated_models_are_private(home, model):
    copy = activate_model(model, "latin", "digits")
    roll_back_model("latin", "digits")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (home, *home.rglob("*"))}
    assert {modes[home], modes[models_folder()]} == {0o700}
    assert {modes[copy], modes[models_folder() / "in-use.json"]} == {0o600}
    assert json.loads((models_folder() / "in-use.json").read_text()) == {"latin digits": []}


def test_own_user_folder_becomes_private_and_a_shared_one_does_not(home):
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    (home / "store.db").touch()
    make_user_folder()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    home.chmod(0o755)
    (home / "thesis.txt").touch()
    make_user_folder()
    assert stat.S_IMODE(home.stat().st_mode) == 0o755
