"""MkDocs hook: render the notebooks of the tutorials as pages of the documentation.

The pages look like all others, and their solutions are hidden until they are opened. The notebook
itself can be downloaded from its page. A link to Colab is added once ``repo_url`` is set in
mkdocs.yml: Colab opens notebooks by their place in a GitHub repository.
"""

import base64
import re
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

import nbformat
from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_FORMULA = re.compile(
    r"\$\$(?P<block>.+?)\$\$|(?<![\\$\w])\$(?P<inline>[^$\n`]+?)\$(?![\w$])", re.DOTALL
)
_NOTEBOOK_LINK = re.compile(r"\]\(([\w./-]+)\.ipynb(#[\w-]+)?\)")
_ONLY_COMMANDS = re.compile(r"(!(.*\\\n)*.*\n?)+")
_PICTURES = {"image/png": ".png", "image/jpeg": ".jpg"}
_COLAB = "https://colab.research.google.com/github"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page, and its pictures, for each notebook."""
    for file in [file for file in files if file.src_uri.endswith(".ipynb")]:
        name = PurePosixPath(file.src_uri)
        notebook = nbformat.read(file.abs_src_path, as_version=4)
        page, pictures = render_notebook(notebook, name.stem, links(name, config.repo_url))
        files.append(File.generated(config, str(name.with_suffix(".md")), content=page))
        for picture, content in pictures.items():
            files.append(File.generated(config, str(name.parent / picture), content=content))
    return files


def links(name: PurePosixPath, repo_url: str | None) -> str:
    """Return the paragraph that links to the notebook and to Colab."""
    download = f"[Download this notebook]({name.name}){{ .md-button download }}"
    if not repo_url:
        return download
    repository = repo_url.rstrip("/").removeprefix("https://github.com/")
    return (
        f"{download} [Open in Colab]({_COLAB}/{repository}/blob/main/docs/{name}){{ .md-button }}"
    )


def render_notebook(notebook: Any, stem: str, links: str) -> tuple[str, dict[str, bytes]]:
    """Render a notebook as Markdown.

    Parameters
    ----------
    notebook : NotebookNode
    stem : str
        Name of the notebook without its suffix; names its pictures.
    links : str
        Paragraph to insert below the title.

    Returns
    -------
    page : str
    pictures : dict of str to bytes
        File name -> PNG.
    """
    pictures: dict[str, bytes] = {}
    parts = []
    for is_solution, cells in groupby(notebook.cells, lambda cell: "solution" in tags(cell)):
        rendered = "\n\n".join(render_cell(cell, stem, pictures) for cell in cells)
        parts.append(f'??? success "Solution"\n\n{indent(rendered)}' if is_solution else rendered)
    title, _, rest = "\n\n".join(parts).partition("\n")
    return f"{title}\n\n{links}\n{rest}\n", pictures


def tags(cell: Any) -> list[str]:
    """Return the tags of a cell."""
    return list(cell.metadata.get("tags", ()))


def render_cell(cell: Any, stem: str, pictures: dict[str, bytes]) -> str:
    """Render a cell and its outputs; pictures are added to `pictures`."""
    if cell.cell_type != "code":
        text = _FORMULA.sub(render_formula, cell.source)
        return _NOTEBOOK_LINK.sub(r"](\1.md\2)", text)
    if _ONLY_COMMANDS.fullmatch(cell.source):
        code = fence(re.sub("^!", "$ ", cell.source, flags=re.MULTILINE), "console")
    else:
        code = fence(cell.source, "python")
    return "\n\n".join([code, *(render_output(output, stem, pictures) for output in cell.outputs)])


def render_formula(match: "re.Match[str]") -> str:
    """Render a formula in TeX as MathML, which browsers draw without a script."""
    if match["block"]:
        return f"\n\n{convert(match['block'].strip(), display='block')}\n\n"
    # Markdown takes a line that begins with <math> as a block.
    return f"<span>{convert(match['inline'])}</span>"


def render_output(output: Any, stem: str, pictures: dict[str, bytes]) -> str:
    """Render one output of a cell."""
    if output.output_type == "stream":
        return fence(_ANSI.sub("", output.text).rstrip(), "text")
    if output.output_type == "error":
        raise ValueError(f"{stem}.ipynb: a cell failed: {output.ename}: {output.evalue}")
    kind = next((kind for kind in _PICTURES if kind in output.data), None)
    if kind and "text/html" not in output.data:
        name = f"{stem}-{len(pictures) + 1}{_PICTURES[kind]}"
        pictures[name] = base64.b64decode(output.data[kind])
        return f"![Figure {len(pictures)}]({name})"
    if "text/html" in output.data:
        # Markdown ends a block of HTML at an empty line.
        html = re.sub(r"\n\s*\n", "\n", output.data["text/html"])
        return f'<div class="notebook-html">\n{html}\n</div>'
    return fence(output.data.get("text/plain", ""), "text")


def fence(text: str, language: str) -> str:
    """Return a fenced block that is longer than any fence inside it."""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{ticks}{language}\n{text}\n{ticks}"


def indent(text: str) -> str:
    """Indent all lines that are not empty by four spaces."""
    return re.sub(r"^(?=.)", "    ", text, flags=re.MULTILINE)
