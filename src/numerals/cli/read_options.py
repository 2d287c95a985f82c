"""The options of ``numerals read`` in groups, and the combinations that are refused."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from numerals.cli.option_groups import option_group
from numerals.cli.read_run import is_run
from numerals.cli.usage import (
    UsageError,
    check_choice,
    choose_one,
    parse_rate,
    refuse_together,
    report_as_usage_error,
)
from numerals.extras import requires_extra

if TYPE_CHECKING:
    from numerals.constraints.rules import Rules
    from numerals.forms import Template
    from numerals.reading import AnswerOptions, ReadOptions
    from numerals.store import Store

Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH",
        help="Images (JPEG, PNG, TIFF, BMP, WebP, GIF, HEIC), PDFs, folders, glob patterns, zip "
        "and tar archives, URLs (s3://, gs://, az://, https://), or - for standard input.",
        show_default=False,
    ),
]


@option_group("Input")
class InputOptions:
    """How pages are rendered and rotated before reading."""

    dpi: Annotated[
        int, typer.Option(metavar="DPI", help="Resolution to render PDF pages at, 20 to 1200.")
    ] = 200
    turn: Annotated[
        str,
        typer.Option(
            metavar="DEGREES",
            help="Clockwise rotation of the pages: 0, 90, 180, 270, or auto to detect it.",
        ),
    ] = "auto"
    files_from: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Also read the paths in this list, one per line; - for stdin."
        ),
    ] = None


@option_group("Batch")
class BatchOptions:
    """How many files are read at a time."""

    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Read with N processes. \\[default: one for each core, if there is work for some "
            "seconds]",
        ),
    ] = None


@option_group("Layout")
class LayoutOptions:
    """Content of each image; a page of lines by default."""

    digits: Annotated[bool, typer.Option("--digits", help="Each image is a single digit.")] = False
    field: Annotated[bool, typer.Option("--field", help="Each image is a single line of text.")] = (
        False
    )
    table: Annotated[
        bool, typer.Option("--table", help="Each image is one table: print its rows as CSV.")
    ] = False
    columns: Annotated[
        Path | None,
        typer.Option(
            metavar="TOML",
            help="With --table: number formats of the columns, and constraints such as ascending "
            "or unique numbers and sums. Print ? for a number that violates them.",
        ),
    ] = None
    template: Annotated[
        Path | None,
        typer.Option(
            metavar="TOML",
            help="Each image is a filled-in form, described by this file: print a CSV row of "
            "field values for each form.",
        ),
    ] = None
    join: Annotated[
        bool,
        typer.Option(
            "--join",
            help="Concatenate all images, in numeric order of their names, to one number. Each is "
            "one digit, or one line with --field.",
        ),
    ] = False

    @property
    def layout(self) -> Literal["page", "table", "field", "digit"]:
        """The argument `layout` of `ReadOptions`."""
        if self.field:
            return "field"
        if self.digits or self.join:
            return "digit"
        return "table" if self.table else "page"

    def check(self, *, turn: str, number_format: str | None) -> None:
        """Raise `UsageError` for layouts that exclude each other or another option."""
        layouts: dict[str, object] = {
            "--digits": self.digits,
            "--field": self.field,
            "--table": self.table,
        }
        choose_one(layouts)
        # Digits and forms have no format; fields and joined images are assumed to be upright.
        without_format: dict[str, object] = {"--digits": self.digits, "--template": self.template}
        without_turn = without_format | {"--field": self.field, "--join": self.join}
        refuse_together("--turn", turn != "auto", without_turn)
        refuse_together("--format", number_format, without_format)
        refuse_together("--template", self.template, layouts | {"--join": self.join})
        if self.columns is not None and not self.table:
            raise UsageError("--columns requires --table")
        refuse_together("--columns", self.columns, {"--format": number_format})

    def load_rules(self) -> "Rules | None":
        """Return the constraints of ``--columns``."""
        if self.columns is None:
            return None
        from numerals.constraints.rule_files import load_rules

        return load_rules(self.columns)

    def load_template(self) -> "Template | None":
        """Return the form of ``--template``."""
        if self.template is None:
            return None
        from numerals.forms import load_template

        return load_template(self.template)


@option_group("Recognition")
class RecognitionOptions:
    """The model, and the format of the numbers."""

    script: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Script of the digits: latin, kannada, bangla, devanagari, persian (in a package "
            "of its own), or auto to detect it.",
        ),
    ] = "latin"
    model: Annotated[
        Path | None,
        typer.Option(metavar="ONNX", help="Use this model file instead of a shipped model."),
    ] = None
    number_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="SPEC",
            help="Format of the numbers: digits:10, range:0-100, date, amount, luhn, iban:DE, "
            "isbn, ean, phone:US, regex:..., roster:FILE. Print ? for a line that does not match.",
        ),
    ] = None
    printed: Annotated[
        bool,
        typer.Option(
            "--printed", help="Also read printed numbers. Those in tables are always read."
        ),
    ] = False

    def to_read_options(self, inputs: InputOptions, layout: LayoutOptions) -> "ReadOptions":
        """Return all options of the reader."""
        from numerals.reading import ReadOptions
        from numerals.reading.options import parse_turn

        with report_as_usage_error():
            return ReadOptions(
                self.model or self.script,
                layout=layout.layout,
                resolution=inputs.dpi,
                number_format=self.number_format,
                turn=parse_turn(inputs.turn),
                printed=self.printed,
            )


@option_group("Output")
class ReadOutputOptions:
    """What is printed and written."""

    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print a JSON object per file: digits, boxes, confidence, alternatives."
        ),
    ] = False
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a CSV row per line of text.")] = False
    only_digits: Annotated[
        bool, typer.Option("--only-digits", help="Omit signs and spaces from the numbers.")
    ] = False
    min_confidence: Annotated[
        float,
        typer.Option(
            min=0.0, max=1.0, metavar="P", help="Print ? for a digit with a lower confidence."
        ),
    ] = 0.0
    max_error: Annotated[
        str | None,
        typer.Option(
            metavar="RATE",
            help="Print ? for a number that is wrong with a higher probability, such as 0.5%. This "
            "is the model's own estimate, which can be too low on unfamiliar pages; to state an "
            "error rate, test a sample of a run with numerals audit.",
        ),
    ] = None
    annotate: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Save a copy of each page with boxes and digits drawn in: a file for one page, "
            "a folder for several.",
        ),
    ] = None
    out: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Write a table to FILE.csv, .parquet or .xlsx, or the objects of --json to "
            "FILE.jsonl. FOLDER/, or a URL such as s3://bucket/run/, is a run: Parquet files that "
            "the same command continues after an interruption.",
        ),
    ] = None

    def check(self, layout: LayoutOptions) -> None:
        """Raise `UsageError` for outputs that exclude each other or the layout."""
        choose_one({"--json": self.as_json, "--csv": self.as_csv, "--join": layout.join})
        if layout.table and (self.as_csv or layout.join):
            raise UsageError(
                "--table prints CSV itself; it cannot be combined with --csv or --join"
            )
        others = {"--annotate": self.annotate, "--max-error": self.max_error}
        refuse_together("--template", layout.template, others)
        printed = {"--json": self.as_json, "--csv": self.as_csv, "--join": layout.join}
        refuse_together("--out", self.out, printed)
        if self.out is not None and not is_run(self.out):
            from numerals.batch.output_file import check_suffix

            with report_as_usage_error():
                check_suffix(Path(self.out))

    def to_answer_options(self) -> "AnswerOptions":
        """Return the options that decide how each number is printed."""
        max_error = parse_rate("--max-error", self.max_error)
        from numerals.reading import AnswerOptions

        with report_as_usage_error():
            return AnswerOptions(self.min_confidence, max_error, self.only_digits)


@option_group("Store")
class StoreOptions:
    """Whether and where readings are stored for review."""

    store: Annotated[
        bool,
        typer.Option(
            "--store", help="Store the readings, to be reviewed on the page of numerals serve."
        ),
    ] = False
    store_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Use this store: sqlite:///FILE or postgresql://... "
            "\\[default: NUMERALS_STORE, or a file in the user's data folder]",
        ),
    ] = None
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT",
            help="Pixels to store: nothing, crops (of the lines), or pictures (crops and whole "
            "pages). \\[default: crops]",
        ),
    ] = None
    keep_days: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Delete stored pixels after N days. \\[default: never]",
        ),
    ] = None

    @property
    def is_enabled(self) -> bool:
        """Whether readings are stored."""
        return self.store or self.store_url is not None

    def check(self, layout: LayoutOptions) -> None:
        """Raise `UsageError` for options without a store, or that a form excludes."""
        refuse_together("--template", layout.template, {"--store": self.is_enabled})
        refuse_together("--columns", layout.columns, {"--store": self.is_enabled})
        if (self.keep or self.keep_days) and not self.is_enabled:
            raise UsageError("--keep and --keep-days require --store")
        if self.keep is not None:
            with requires_extra("web", "--store"):
                from numerals.store import KEEP_CHOICES
            check_choice("--keep", self.keep, KEEP_CHOICES)

    def open(self) -> "Store | None":
        """Open the store, and delete expired pixels from it; return None if it is not used.

        Raises
        ------
        MissingExtraError
            If SQLAlchemy is not installed.
        """
        if not self.is_enabled:
            return None
        with requires_extra("web", "--store"):
            from numerals.store import open_store
        store = open_store(self.store_url, keep=self.keep or "crops", keep_days=self.keep_days)
        store.prune()
        return store
