"""``numerals models``: what is there, what is used, and what is refused."""

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
    """Lines whose answers are what the shipped model reads."""
    store = open_store()
    texts = [str(1203 + 7 * i) for i in range(40)]
    store_lines(store, [(text, text) for text in texts], source="one")
    store.close()


def test_the_list_says_what_is_in_use(run, tmp_path):
    lines = [line.split("\t") for line in run("list").stdout.splitlines()]
    assert lines[0] == ["script", "kind", "name", "in use", "figures", "MB"]
    assert ["latin", "lines", "latin-line", "yes"] in [line[:4] for line in lines]
    run("use", write_line_model(tmp_path / "mine.onnx"), "--anyway")
    rows = json.loads(run("list", "--json").stdout)
    of_lines = [row for row in rows if (row["script"], row["kind"]) == ("latin", "lines")]
    used = {row["name"]: row["active"] for row in of_lines}
    assert used.pop("latin-line") is False
    assert list(used.values()) == [True]
    assert all(row["bytes"] > 1000 and "figures" in row for row in rows)


def test_a_model_is_used_and_taken_back(run, tmp_path):
    path = write_line_model(tmp_path / "mine.onnx", name="mine")
    result = run("use", path, "--anyway")
    assert result.stdout.splitlines()[-1] == (
        "to take it back: numerals models back latin --kind lines"
    )
    assert Reader("latin").metadata["name"] == "mine"
    assert "in use already" in run("use", path).stdout
    assert run("back", "latin").stdout == "latin lines: in use is the shipped model\n"
    assert Reader("latin").metadata["name"] == "latin-line"
    with pytest.raises(ModelError, match="nothing to take back"):
        run("back", "latin")


def test_a_worse_model_is_refused_and_its_figures_are_shown(run, corrections, tmp_path):
    path = write_line_model(tmp_path / "mine.onnx")
    before = line_model_path("latin")
    result = CliRunner().invoke(app, ["models", "use", str(path)])
    assert isinstance(result.exception, ModelError)
    assert "worse than the model in use on corrections" in str(result.exception)
    header, row = (line.split("\t") for line in result.stdout.splitlines())
    assert header[:4] == ["held out", "count", "active", "new"]
    assert row[0] == "corrections" and row[3] == "0.0 %" and float(row[2][:-2]) > 60
    assert line_model_path("latin") == before
    assert run("use", path, "--anyway").exit_code == 0
    assert line_model_path("latin") != before


def test_a_better_digit_model_is_put_to_use_without_more(run, corrections, tmp_path):
    run("use", write_digit_model(tmp_path / "worse.onnx"), "--anyway")
    shipped = model_path("latin")
    run("back", "latin", "--kind", "digits")
    better = tmp_path / "better.onnx"
    better.write_bytes(model_path("latin").read_bytes())
    run("use", shipped, "--anyway")
    assert "corrections" in run("use", better).stdout
    assert model_path("latin").read_bytes() == better.read_bytes()


def test_without_data_nothing_is_put_to_use_unasked(run, tmp_path):
    with pytest.raises(ModelError, match="nothing here to compare it by"):
        run("use", write_line_model(tmp_path / "mine.onnx"))


def test_a_kind_must_be_named_where_both_are_in_use(run, tmp_path):
    run("use", write_line_model(tmp_path / "lines.onnx"), "--anyway")
    run("use", write_digit_model(tmp_path / "digits.onnx"), "--anyway")
    result = run("back", "latin")
    assert result.exit_code == 2 and "name --kind" in result.stderr
    assert run("back", "latin", "--kind", "words").exit_code == 2
    assert "the shipped model" in run("back", "latin", "--kind", "lines").stdout
    assert "latin digits" in run("back", "latin").stdout


def test_files_that_are_no_models_are_told(run, tmp_path):
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelError, match="not an ONNX model"):
        run("use", tmp_path / "text.onnx")
    with pytest.raises(ModelError, match="no such model file"):
        run("use", tmp_path / "none.onnx")
