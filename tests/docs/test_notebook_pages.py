"""Notebooks as pages: code, outputs, pictures, formulas, hidden solutions."""

import base64
import sys
from pathlib import Path, PurePosixPath

import pytest

nbformat = pytest.importorskip("nbformat", reason="needs pip install 'numerals[docs]'")
pytest.importorskip("latex2mathml", reason="needs pip install 'numerals[docs]'")
pytest.importorskip("mkdocs", reason="needs pip install 'numerals[docs]'")

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import notebook_pages

v4 = nbformat.v4


def code_cell(source, *outputs, tags=()):
    return v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def render(*cells):
    title = v4.new_markdown_cell("# A title\n\nText.")
    notebook = v4.new_notebook(cells=[title, *cells])
    return notebook_pages.render_notebook(notebook, "page", "LINKS")


def test_code_and_what_it_printed():
    page, _ = render(code_cell("print(1)", v4.new_output("stream", text="\x1b[1m1\x1b[0m\n")))
    assert page == "# A title\n\nLINKS\n\nText.\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n"


def test_commands_are_shown_as_on_a_terminal():
    page, _ = render(code_cell("!numerals data list \\\n    --json\n!ls"))
    assert "```console\n$ numerals data list \\\n    --json\n$ ls\n```" in page
    page, _ = render(code_cell("!ls\nx = 1"))
    assert "```python\n!ls\nx = 1\n```" in page


def test_pictures_become_files():
    data = {"image/png": base64.b64encode(b"pixels").decode(), "text/plain": "<Figure>"}
    page, pictures = render(code_cell("plot()", v4.new_output("display_data", data)))
    assert pictures == {"page-1.png": b"pixels"}
    assert "![Figure 1](page-1.png)" in page and "<Figure>" not in page


def test_html_stays_one_block():
    data = {"text/html": "<table>\n\n<tr></tr></table>", "text/plain": "Page"}
    page, _ = render(code_cell("page", v4.new_output("execute_result", data)))
    assert '<div class="notebook-html">\n<table>\n<tr></tr></table>\n</div>' in page


def test_solutions_are_hidden():
    page, _ = render(code_cell("a\n\nb", tags=["solution"]), code_cell("c", tags=["solution"]))
    assert page.count("???") == 1
    assert '??? success "Solution"\n\n    ```python\n    a\n\n    b\n    ```\n' in page


def test_formulas_are_mathml_and_prices_are_not():
    page, _ = render(v4.new_markdown_cell("The cosine $s = q t$, and `$HOME`, $5."))
    assert "<mi>s</mi>" in page and "`$HOME`, $5." in page


def test_links_to_other_notebooks_lead_to_their_pages():
    page, _ = render(v4.new_markdown_cell("[next](b.ipynb), [part](../a/c.ipynb#part)"))
    assert "[next](b.md), [part](../a/c.md#part)" in page


def test_fences_inside_outputs_do_not_end_the_block():
    page, _ = render(code_cell("x", v4.new_output("stream", text="```\n")))
    assert "````text\n```\n````" in page


def test_a_failed_cell_fails_the_build():
    error = v4.new_output("error", ename="KeyError", evalue="'a'", traceback=[])
    with pytest.raises(ValueError, match="a cell failed: KeyError: 'a'"):
        render(code_cell("x", error))


def test_colab_opens_the_notebook_of_the_repository():
    name = PurePosixPath("tutorials/a.ipynb")
    assert "colab" not in notebook_pages.links(name, None)
    assert (
        "https://colab.research.google.com/github/o/r/blob/main/docs/tutorials/a.ipynb"
        in notebook_pages.links(name, "https://github.com/o/r/")
    )
