"""The snippets of docs/batch.md open a real output file."""

import re
from pathlib import Path

import pytest

from numerals.batch.output_file import open_output_file
from numerals.batch.units import Unit, UnitResult
from numerals.errors import ImageError
from numerals.reading import FileResult
from numerals.records import Line, Page

PAGE = Path(__file__).parents[2] / "docs" / "batch.md"
SNIPPETS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
LINE = Line("007", 0.5, (1, 2, 3, 4), alternatives=(("001", 0.2),))


@pytest.mark.parametrize("library", ["pandas", "duckdb", "polars"])
def test_a_snippet_opens_the_output(library, tmp_path, monkeypatch):
    pytest.importorskip(library)
    pytest.importorskip("pyarrow")
    monkeypatch.chdir(tmp_path)
    with open_output_file(Path("numbers.parquet")) as file:
        read = FileResult("a.png", (Page((LINE,), 9, 9),))
        file.write(UnitResult(Unit("a.png", ""), "m", read))
        file.write(
            UnitResult(Unit("b.png", ""), "m", FileResult("b.png", (), (ImageError("bad"),)))
        )
    [snippet] = [each for each in SNIPPETS if f"import {library}\n" in each]
    names = {}
    exec(snippet, names)
    if library == "pandas":
        assert names["numbers"]["text"].dropna().tolist() == ["007"]
    elif library == "duckdb":
        assert names["uncertain"] == [("a.png", "007")]
    else:
        assert names["failed"]["file"].to_list() == ["b.png"]
