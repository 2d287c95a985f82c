"""The list of models in use: whole whoever writes it, and told when it is damaged."""

import json
import stat
import subprocess
import sys

import pytest

from numerals.errors import ModelError
from numerals.models.in_use import models_folder, put_to_use, scripts_in_use, take_back
from numerals.models.user_folder import make_user_folder

USE = (
    "import sys, pathlib; from numerals.models.in_use import put_to_use\n"
    "for n in range(5): put_to_use(pathlib.Path(sys.argv[1]), f'{sys.argv[2]}{n}', 'digits')"
)


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"stands for a model")
    return path


def test_six_processes_at_once_lose_nothing(home, model):
    running = [subprocess.Popen([sys.executable, "-c", USE, str(model), name]) for name in "abcdef"]
    assert [process.wait(60) for process in running] == [0] * 6
    assert scripts_in_use() == [f"{name}{n}" for name in "abcdef" for n in range(5)]
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
def test_a_damaged_list_is_named_with_what_to_do(home, model, content):
    put_to_use(model, "latin", "digits")
    path = models_folder() / "in-use.json"
    path.write_bytes(content)
    for ask in (scripts_in_use, lambda: put_to_use(model, "latin", "digits")):
        with pytest.raises(ModelError, match=r"in-use\.json: is damaged .* remove it"):
            ask()
    assert path.read_bytes() == content  # what might be mended by hand stays
    path.unlink()
    assert scripts_in_use() == []


def test_a_list_that_is_no_file_is_told(home, model):
    (models_folder() / "in-use.json").mkdir(parents=True)
    with pytest.raises(ModelError, match=r"in-use\.json: is not a regular file"):
        scripts_in_use()


def test_what_was_put_to_use_is_private(home, model):
    copy = put_to_use(model, "latin", "digits")
    take_back("latin", "digits")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (home, *home.rglob("*"))}
    assert {modes[home], modes[models_folder()]} == {0o700}
    assert {modes[copy], modes[models_folder() / "in-use.json"]} == {0o600}
    assert json.loads((models_folder() / "in-use.json").read_text()) == {"latin digits": []}


def test_a_folder_of_ours_that_is_too_open_is_tightened_and_a_shared_one_is_not(home):
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    (home / "store.db").touch()
    make_user_folder()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    home.chmod(0o755)
    (home / "thesis.txt").touch()
    make_user_folder()
    assert stat.S_IMODE(home.stat().st_mode) == 0o755
