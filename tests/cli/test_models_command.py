"""``numerals models``: list, activate and roll back."""

import json
from functools import partial

import pytest
from typer.testing import CliRunner

pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from corrected_lines import write_digit_model, write_line_model
from numerals.cli.app import app
from numerals.errors import ModelError
from numerals.models import line_model_path, model_path
from numerals.reading import Reader
from numerals.store import open_store


@pytest.fixture
def run(home, invoke, monkeypatch, tmp_path):
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path / "no data"))
    monkeypatch.setattr("numerals.data.fetch.cache_folder", lambda: tmp_path / "cache")
    return partial(invoke, "models")


@pytest.fixture
def corrections(home, store_lines):
    """Store corrections that agree with what the shipped model reads."""
    store = open_store()
    texts = [str(1203 + 7 * i) for i in range(40)]
    store_lines(store, [(text, text) for text in texts], source="one")
    store.close()


def test_list_shows_which_models_are_active(run, tmp_path):
    lines = [line.split("\t") for line in run("list").stdout.splitlines()]
    assert lines[0] == ["script", "kind", "name", "active", "figures", "MB"]
    assert ["latin", "lines", "latin-line", "yes"] in [line[:4] for line in lines]
    run("activate", write_line_model(tmp_path / "mine.onnx"), "--anyway")
    rows = json.loads(run("list", "--json").stdout)
    of_lines = [row for row in rows if (row["script"], row["kind"]) == ("latin", "lines")]
    active = {row["name"]: row["active"] for row in of_lines}
    assert active.pop("latin-line") is False
    assert list(active.values()) == [True]
    assert all(row["bytes"] > 1000 and "figures" in row for row in rows)


def test_activated_model_reads_until_it_is_rolled_back(run, tmp_path):
    path = write_line_model(tmp_path / "mine.onnx", name="mine")
    result = run("activate", path, "--anyway")
    assert result.stdout.splitlines()[-1] == (
        "to undo: numerals models rollback latin --kind lines"
    )
    assert Reader("latin").metadata["name"] == "mine"
    assert "is active already" in run("activate", path).stdout
    assert run("rollback", "latin").stdout == "latin lines: the shipped model is active now\n"
    assert Reader("latin").metadata["name"] == "latin-line"
    with pytest.raises(ModelError, match="nothing to roll back"):
        run("rollback", "latin")


def test_worse_model_is_refused_and_the_comparison_is_printed(run, corrections, tmp_path):
    path = write_line_model(tmp_path / "mine.onnx")
    before = line_model_path("latin")
    result = CliRunner().invoke(app, ["models", "activate", str(path)])
    assert isinstance(result.exception, ModelError)
    assert "worse than the active model on corrections" in str(result.exception)
    header, row = (line.split("\t") for line in result.stdout.splitlines())
    assert header[:4] == ["held out", "count", "active", "new"]
    assert row[0] == "corrections" and row[3] == "0.0 %" and float(row[2][:-2]) > 60
    assert line_model_path("latin") == before
    assert run("activate", path, "--anyway").exit_code == 0
    assert line_model_path("latin") != before


def test_better_digit_model_is_activated_without_anyway(run, corrections, tmp_path):
    run("activate", write_digit_model(tmp_path / "worse.onnx"), "--anyway")
    shipped = model_path("latin")
    run("rollback", "latin", "--kind", "digits")
    better = tmp_path / "better.onnx"
    better.write_bytes(model_path("latin").read_bytes())
    run("activate", shipped, "--anyway")
    assert "corrections" in run("activate", better).stdout
    assert model_path("latin").read_bytes() == better.read_bytes()


def test_without_held_out_data_activation_needs_anyway(run, tmp_path):
    with pytest.raises(ModelError, match="no data to compare it on"):
        run("activate", write_line_model(tmp_path / "mine.onnx"))


def test_rollback_needs_kind_if_both_kinds_were_activated(run, tmp_path):
    run("activate", write_line_model(tmp_path / "lines.onnx"), "--anyway")
    run("activate", write_digit_model(tmp_path / "digits.onnx"), "--anyway")
    result = run("rollback", "latin")
    assert result.exit_code == 2 and "choose one" in result.stderr
    assert run("rollback", "latin", "--kind", "words").exit_code == 2
    assert "the shipped model" in run("rollback", "latin", "--kind", "lines").stdout
    assert "latin digits" in run("rollback", "latin").stdout


def test_files_that_are_not_models_are_reported(run, tmp_path):
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelError, match="not an ONNX model"):
        run("activate", tmp_path / "text.onnx")
    with pytest.raises(ModelError, match="no such model file"):
        run("activate", tmp_path / "none.onnx")
