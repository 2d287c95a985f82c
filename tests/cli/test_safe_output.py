"""Texts of a hostile file do nothing in a terminal or a spreadsheet."""

import csv
import io
import json
import os
import sys

import pytest
from PIL import Image

from numerals.cli.app import main

HOSTILE = ("=HYPERLINK(1).png", "@x.png", "-2+3.png", "\x1b[31m\x9b2J.png", "a\nb.png")


@pytest.fixture
def scans(draw, tmp_path, home, monkeypatch):
    picture = Image.fromarray(draw("417"))
    for name in HOSTILE:
        picture.save(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def encoded_output(monkeypatch, encoding, *arguments):
    """Run a command on a terminal of some encoding; return exit code, stdout and stderr."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    monkeypatch.setattr(sys, "argv", ["numerals", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    for stream in streams:
        stream.flush()
    return ended.value.code, streams[0].buffer.getvalue(), streams[1].buffer.getvalue()


def test_no_escape_sequence_reaches_a_terminal(scans, call):
    code, out, err = call("read", "--", *HOSTILE, "no\x1b[2J.png")
    assert code == 1  # the last one is not there
    assert out.count(": 417\n") == len(HOSTILE) == len(out.splitlines())
    assert r"no\x1b[2J.png" in err
    assert not {c for c in out + err if not c.isprintable()} - {"\n"}


def test_formulas_are_escaped_and_numbers_are_not(scans, call):
    code, out, _ = call("read", "--csv", "--", *HOSTILE)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0 and [row["file"] for row in rows] == [
        "'=HYPERLINK(1).png",
        "'@x.png",
        "'-2+3.png",
        r"\x1b[31m\x9b2J.png",
        r"a\nb.png",
    ]
    assert {row["text"] for row in rows} == {"417"}


def test_json_is_exact(scans, call):
    _, out, _ = call("read", "--json", "--", *HOSTILE)
    assert [json.loads(line)["source"] for line in out.splitlines()] == list(HOSTILE)
    assert not {c for c in out if not c.isprintable()} - {"\n"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' names are UTF-8")
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_characters_that_the_encoding_lacks_are_escaped(scans, monkeypatch, encoding):
    name = os.fsdecode(b"caf\xe9.png")
    (scans / HOSTILE[0]).rename(scans / name)
    code, out, err = encoded_output(
        monkeypatch, encoding, "read", "--script", "kannada", name, "gone-é.png"
    )
    assert code == 1 and "gone-é.png".encode(encoding, "backslashreplace") in err
    assert out.startswith(rb"caf\udce9.png: ")
    _, out, _ = encoded_output(monkeypatch, encoding, "read", "--json", name)
    assert json.loads(out.decode(encoding))["source"] == name


def test_escape_sequences_in_wrong_options_are_escaped(call):
    for arguments in (("read", "--keep\x1b[31m"), ("re\x1b[31m",), ("read", "--turn", "\x9b", "x")):
        code, out, err = call(*arguments)
        assert (code, out) == (2, "") and "\x1b" not in err and "\x9b" not in err
