"""``numerals read --out FOLDER/``: what a run is, its summary, and what is refused."""

import io

import pytest

pytest.importorskip("pyarrow", reason="needs numerals[batch]")

from PIL import Image

from numerals.batch import open_run
from numerals.cli.read_run import is_run


@pytest.fixture
def scans(draw, tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    for text in ("12", "345"):
        Image.fromarray(draw(text)).save(folder / f"{text}.png")
    return folder


def test_a_run_is_a_folder_or_a_url(tmp_path):
    assert is_run("new/") and is_run(str(tmp_path))
    assert is_run("s3://bucket/run") and is_run("s3://bucket/run/")
    assert not is_run("new") and not is_run("answers.csv") and not is_run(None)
    assert not is_run("s3://bucket/answers.parquet")


def test_the_summary_counts_what_the_run_contains(call, scans, tmp_path):
    out = f"{tmp_path}/answers/"
    read = ("read", scans, "--field", "--max-error", "50%", "--jobs", 1, "--out", out)
    code, printed, message = call(*read)
    assert (code, printed) == (0, "")
    assert message.startswith(f"numerals: {out}: 2 files, 2 pages, 2 numbers; 2 accepted; ")
    (scans / "bad.png").write_bytes(b"no picture")
    code, _, message = call(*read)
    assert code == 1
    assert "3 files, 2 pages, 2 numbers; 2 accepted; 1 failed, see the column error" in message
    assert "1 file read now" in message
    assert [row.text for row in open_run(out).rows() if row.text] == ["12", "345"]


def test_an_input_that_does_not_exist_leaves_no_run(call, tmp_path):
    code, _, message = call("read", tmp_path / "nothing.png", "--out", f"{tmp_path}/answers/")
    assert code == 2 and "no such file" in message
    assert not (tmp_path / "answers").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--out", "answers/", "--json"), "--out cannot be combined with --json"),
        (("--out", "answers/", "--store"), "cannot be combined with --annotate or --store"),
        (("--out", "answers"), "or for a run a folder, answers/"),
        (("--out", "answers.csv", "--cluster", "local"), "--cluster requires a run"),
        (("--retry-failed",), "--retry-failed requires a run"),
        (("--out", "answers/", "--cluster", "bogus://x"), "no Dask scheduler answers"),
        (("--out", "answers/", "-"), "standard input cannot"),
    ],
)
def test_what_is_refused(call, scans, tmp_path, monkeypatch, arguments, expected):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    code, _, message = call("read", "scans", *arguments)
    assert code == 2
    assert expected in " ".join(message.replace("│", "").split())
    assert not (tmp_path / "answers").exists()
