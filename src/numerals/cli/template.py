"""``numerals template``: make, show and check the templates of forms."""

from pathlib import Path
from typing import Annotated

import typer

from numerals.cli.console import print_json, print_text, warn, with_progress
from numerals.cli.usage import UsageError
from numerals.cli.verb_command import VerbCommand, VerbGroup, examples

app = typer.Typer(
    name="template",
    cls=VerbGroup,
    help="Templates of forms: make one from a picture, show it, check it.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

_TURNS = ("auto", "0", "90", "180", "270")
_Template = Annotated[Path, typer.Argument(metavar="TOML", help="The template.")]


@app.command(
    cls=VerbCommand,
    epilog=examples(
        "numerals template new blank-form.png",
        "numerals template new scan.pdf --page 2 --out forms/survey.toml",
    ),
)
def new(
    scan: Annotated[Path, typer.Argument(metavar="SCAN", help="A blank or filled-in form.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="The template to write. \\[default: beside the scan]"),
    ] = None,
    page: Annotated[int, typer.Option(min=1, metavar="N", help="Page of a PDF or TIFF.")] = 1,
    turn: Annotated[
        str, typer.Option(metavar="DEGREES", help="Clockwise rotation of the form in the scan.")
    ] = "auto",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace existing files.")] = False,
) -> None:
    """Make the first version of a template: the boxes, combs and tables that a picture shows.

    The picture is straightened, and written beside the template if it changed. Then give the
    fields names and formats in an editor, or on the page Forms of numerals serve.
    """
    if turn not in _TURNS:
        raise UsageError(f"--turn {turn}: expected {', '.join(_TURNS[:-1])} or {_TURNS[-1]}")
    target = out or scan.with_suffix(".toml")
    picture_path = _picture_path(target, scan)
    _check_new(target, overwrite)
    import numpy as np

    from numerals.files import make_parent_folder
    from numerals.forms import new_template, write_template
    from numerals.forms.template import MAX_REFERENCE_SIDE
    from numerals.images import load_picture
    from numerals.images.printed_texts import load_printed_texts
    from numerals.output.picture_files import write_picture

    make_parent_folder(target)
    picture = load_picture(scan, page=page, max_side=MAX_REFERENCE_SIDE)
    texts = load_printed_texts(scan, page=page)
    template = new_template(picture, None if turn == "auto" else int(turn), texts)
    is_same = picture.n_pages == 1 and np.array_equal(template.reference, picture.pixels)
    if is_same and target.resolve().parent == scan.resolve().parent:
        picture_path = scan  # a straight scan beside the template needs no copy
    else:
        _check_new(picture_path, overwrite)
        write_picture(template.reference, picture_path)
    write_template(target, template, picture_path.name)
    n_combs = sum(field.cells > 0 for field in template.fields)
    kind = "a filled-in form" if template.filled else "a blank form"
    print_text(f"{target}: {len(template.fields)} fields, {n_combs} of them combs, on {kind}")


@app.command(
    cls=VerbCommand,
    epilog=examples("numerals template show form.toml --out seen.png"),
)
def show(
    template: _Template,
    out: Annotated[
        Path | None,
        typer.Option(metavar="PNG", help="The picture to write. \\[default: TOML-boxes.png]"),
    ] = None,
) -> None:
    """Draw the boxes and the names of a template into its picture."""
    from numerals.forms import load_template
    from numerals.output.picture_files import write_picture
    from numerals.output.template_picture import draw_template

    target = out or template.with_name(f"{template.stem}-boxes.png")
    write_picture(draw_template(load_template(template)), target)
    print_text(target)


@app.command(
    cls=VerbCommand,
    epilog=examples(
        "numerals template check form.toml", "numerals template check form.toml scans/*.jpg"
    ),
)
def check(
    template: _Template,
    scans: Annotated[
        list[str] | None, typer.Argument(metavar="SCANS", help="Scans that should show the form.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check a template, and whether scans show its form. Exit code 1 if something is wrong."""
    from numerals.errors import FormError, ImageError
    from numerals.forms import check_template, load_template, make_reference
    from numerals.forms.form_reader import MAX_SCAN_SIDE
    from numerals.images import load_picture

    loaded = load_template(template)
    problems = check_template(loaded)
    found: dict[str, float] = {}
    failed: dict[str, str] = {}
    reference = make_reference(loaded) if scans and not problems else None
    for scan in with_progress(scans or [], len(scans or []), "checking"):
        if reference is None:
            break
        try:
            picture = load_picture(Path(scan), max_side=MAX_SCAN_SIDE)
            found[scan] = reference.register(picture.pixels).agreement
        except (FormError, ImageError) as error:
            failed[scan] = str(error)
    if as_json:
        shown = {scan: round(agreement, 4) for scan, agreement in found.items()}
        print_json({"problems": problems, "found": shown, "failed": failed}, indent=2)
    else:
        for problem in problems:
            warn(f"{template}: {problem}")
        for scan, agreement in found.items():
            print_text(f"{scan}: {agreement:.0%} of the print is in place")
        for scan, reason in failed.items():
            warn(reason if scan in reason else f"{scan}: {reason}")
        if not problems:
            n_relations = len(loaded.relations)
            print_text(f"{template}: {len(loaded.fields)} fields, {n_relations} relations")
    if problems or failed:
        raise typer.Exit(1)


def _check_new(path: Path, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise UsageError(f"{path}: exists; choose another --out, or give --overwrite")


def _picture_path(target: Path, scan: Path) -> Path:
    """Return the path of the picture of a template, which is never that of the scan."""
    path = target.with_suffix(".png")
    return path.with_name(f"{target.stem}-form.png") if path.resolve() == scan.resolve() else path
