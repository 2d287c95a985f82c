"""All readers of untrusted files, with valid files and mutators for each.

`READERS[name].run(path)` must return or raise a NumeralsError; other exceptions are failures.
"""

import gzip
import io
import json
import pickle
import sqlite3
import struct
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from random import Random

import cv2
import numpy as np

import numerals
from fuzzing import mutators
from fuzzing.mutators import EXTREMES, damage, damage_text
from numerals.data import read_digits, write_digits
from numerals.records import Digits
from numerals.synthesis.font_glyphs import load_font_glyphs

MODELS_FOLDER = Path(numerals.__file__).parent / "models"
REGEX_PARTS = (
    *(
        "a",
        "1",
        ".",
        "\\d",
        "[0-9]",
        "[^a]",
        "[[:alpha:]",
        "(",
        ")",
        "(?:",
        "(?=",
        "(?<=",
        "(?P<n>",
    ),
    *("|", "*", "+", "?", "{2}", "{1000}", "{0,99999999}", "{,5}", "{٩٩٩٩٩}", "(?R)", "(?x)", "\\"),
    *("(?i)", "\\p{L}", "(?1)", "{e<9}", "\\b", "^", "$", "\\1", "a" * 3000, "(" * 3000),
)
SPECS = (
    *(
        "amount",
        "date",
        "date:dmy",
        "digits:3",
        "digits:3-8",
        "ean:13",
        "isbn",
        "iban:DE",
        "luhn:16",
    ),
    *("range:0-100", "range:-5.5-7.25:0.25", "regex:[A-F]{2}\\d+", "phone:US"),
)

_VALID_FILES: dict[Callable[[], list[bytes]], list[bytes]] = {}


@dataclass(frozen=True)
class Reader:
    """One reader: the suffix of its files, valid files, mutators, and a function that reads."""

    suffix: str
    seeds: Callable[[], list[bytes]]
    mutators: tuple[Callable[[Random, bytes], bytes], ...]
    run: Callable[[Path], None]

    def valid_files(self) -> list[bytes]:
        """Return valid files, which are made once."""
        if self.seeds not in _VALID_FILES:
            _VALID_FILES[self.seeds] = self.seeds()
        return _VALID_FILES[self.seeds]

    def make(self, rng: Random) -> bytes:
        """Return a damaged file."""
        content = rng.choice(self.valid_files())
        try:
            return rng.choice(self.mutators)(rng, content)
        except (
            ValueError,
            KeyError,
            IndexError,
            struct.error,
        ):  # not parsable
            return damage(rng, content)


@cache
def digits() -> Digits:
    """Return twenty digits of 28x28 pixels, rendered from fonts."""
    glyphs, characters = load_font_glyphs()
    columns = [characters.index(character) for character in "0123456789"]
    images = glyphs[:2, columns].reshape(-1, 28, 28)
    return Digits(images, np.tile(np.arange(10), 2), name="fonts")


def _written(name: str, format: str | None = None) -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        few = Digits(digits().images[:4], digits().labels[:4], name="fonts")
        write_digits(few, path, format)
        return [path.read_bytes()]


def _check_digits(path: Path, format: str | None = None) -> None:
    result = read_digits(path, format)
    assert result.images.dtype == np.uint8 and result.images.ndim == 3
    assert result.labels.shape == (len(result.images),)
    assert result.labels.max(initial=-1) < len(result.classes)


def _pictures() -> list[bytes]:
    picture = np.pad(255 - digits().images[0], 8, constant_values=255)
    result = [cv2.imencode(f".{kind}", picture)[1].tobytes() for kind in ("png", "jpg", "bmp")]
    from PIL import Image

    for kind in ("TIFF", "GIF", "WEBP", "PNG"):
        buffer = io.BytesIO()
        image = Image.fromarray(picture)
        (image.convert("P") if kind == "PNG" else image).save(buffer, kind)
        result.append(buffer.getvalue())
    return result


def _check_pictures(path: Path) -> None:
    from numerals.images import load_pictures

    for picture in load_pictures(path, max_side=2000):
        assert picture.pixels.dtype == np.uint8 and picture.pixels.size


def _pdf() -> list[bytes]:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(np.full((40, 60), 255, np.uint8)).save(buffer, "PDF")
    text = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]"
    text += (
        b"/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>"
    )
    text += (
        b"endobj\n4 0 obj<</Length 30>>stream\n9 w 10 10 m 80 80 l S 1 0 0 rg\nendstream endobj\n"
    )
    return [buffer.getvalue(), text + b"trailer<</Root 1 0 R>>\n%%EOF"]


def _pickle() -> list[bytes]:
    part = (digits().images.reshape(-1, 784).astype("f4") / 256, digits().labels)
    small = (part[0][:2], part[1][:2])
    return [pickle.dumps((small,) * 3, protocol) for protocol in (0, 2, 4)]


def _cdb() -> list[bytes]:
    header = bytearray(1024)
    struct.pack_into("<HBBBBI", header, 0, 2007, 1, 1, 0, 0, 2)
    record = bytes([0xFF, 3, 4, 2]) + struct.pack("<H", 5) + bytes([1, 2, 1, 0, 4])
    return [bytes(header) + record * 2]


def _check_format(path: Path) -> None:
    from numerals.formats import parse_format

    spec = path.read_bytes().decode("utf-8", "replace")
    result = parse_format(spec)
    for text in ("", "1", "12", "-3.5", "5/6/2024", "aaaa", "4" * 40, "1 2", "+(", "٣"):
        assert result.may_begin(text) in (True, False)
        assert result.accepts(text) in (True, False)
        assert isinstance(result.normalize(text), str)


def _make_spec(rng: Random, content: bytes) -> bytes:
    if rng.random() < 0.5:
        parts = [rng.choice(REGEX_PARTS) for _ in range(rng.randrange(1, 12))]
        return ("regex:" + "".join(parts)).encode()
    name, _, argument = rng.choice(SPECS).partition(":")
    return f"{name}:{rng.choice(EXTREMES)}-{rng.choice((argument, *EXTREMES))}".encode()


def _template() -> list[bytes]:
    text = 'image = "form.png"\nfilled = false\ndecimal = ","\n[[field]]\nname = "a"\n'
    text += 'box = [1, 2, 30, 20]\nformat = "digits:3"\ncells = 3\n[[field]]\nname = "b"\n'
    text += 'box = [1, 20, 30, 30]\nrequired = true\nunique = true\nafter = "a"\n'
    text += '[[relation]]\nless_or_equal = ["a", "b"]\n'
    return [text.encode()]


def _check_template(path: Path) -> None:
    from numerals.forms import load_template

    _write_form_image(path)
    assert load_template(path).fields


def _columns() -> list[bytes]:
    text = 'decimal = ","\n[[column]]\nnumber = 2\nformat = "digits:3"\nafter = "previous row"\n'
    text += "max_step = 31\nstart = 7\nstrict = true\n[[column]]\nnumber = 3\nunique = true\n"
    text += "[[relation]]\nsum = [4, 5]\nequals = 6\n"
    return [text.encode()]


def _check_columns(path: Path) -> None:
    from numerals.constraints.rule_files import load_rules

    assert load_rules(path).names


def _nested_toml(rng: Random, content: bytes) -> bytes:
    depth = rng.choice((100, 1000, 20_000))
    key = rng.choice((b"image = ", b"x = ", b"box = "))
    opening, closing = rng.choice(((b"[", b"]"), (b"{a=", b"}"), (b"[", b"")))
    return content + b"\n" + key + opening * depth + b"1" + closing * depth


def _other_toml(rng: Random, content: bytes) -> bytes:
    """Replace values by others of the same type; most of these templates are valid."""
    left, top = rng.randrange(20), rng.randrange(10)
    name = rng.choice(("total", "a b", "x" * 500, "ä", "٣", "a.b", "ab"))
    text = content.decode().replace("1, 2, 30, 20", f"{left}, {top}, {left + 9}, {top + 8}")
    text = text.replace('"a"', json.dumps(name, ensure_ascii=False))
    text = text.replace("digits:3", rng.choice(SPECS).replace("\\", "\\\\"))
    text = text.replace(
        "cells = 3", rng.choice(("", "cells = 1", "cells = 12", "required = false"))
    )
    return text.replace("\n", rng.choice(("\n", "\r\n"))).encode()


def _check_roster(path: Path) -> None:
    from numerals.formats import parse_format

    result = parse_format(f"roster:{path}")
    assert result.may_begin("") and result.accepts("1") in (True, False)


def _check_truth(path: Path) -> None:
    from numerals.evaluation import read_truth

    assert read_truth(path)


def _digit_models() -> list[bytes]:
    return [(MODELS_FOLDER / "bangla-digit.onnx").read_bytes()]


def _check_digit_model(path: Path) -> None:
    from numerals.models import load_model

    model = load_model(path)
    proba = model.predict_proba(np.zeros((2, *model.image_shape), np.uint8))
    assert proba.shape == (2, len(model.classes))


def _check_line_model(path: Path) -> None:
    from numerals.models import load_line_model

    model = load_line_model(path)
    (result,) = model.log_probabilities([np.zeros((40, 60), np.uint8)])
    assert result.shape == (15, len(model.characters) + 1)


def _damage_onnx(rng: Random, content: bytes) -> bytes:
    from fuzzing.onnx_mutators import damage_onnx

    return damage_onnx(rng, content)


def _estimators() -> list[bytes]:
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.tree import DecisionTreeClassifier

    from numerals.classifiers.estimator_files import EstimatorModel, save_model
    from numerals.classifiers.neighbors import NeighborsClassifier
    from numerals.classifiers.svm import PairwiseSVC
    from numerals.classifiers.temperature_scaling import TemperatureScaledClassifier

    small = digits().images[:, 2:26, 2:26].reshape(-1, 6, 4, 6, 4).mean(axis=(2, 4))
    X, y = small.astype(np.uint8).reshape(-1, 36), digits().labels
    result = []
    for estimator in (
        DecisionTreeClassifier(random_state=0),
        RandomForestClassifier(2, random_state=0),
        HistGradientBoostingClassifier(
            max_iter=1, min_samples_leaf=1, early_stopping=False, random_state=0
        ),
        LogisticRegression(max_iter=5),
        NeighborsClassifier(),
        TemperatureScaledClassifier(PairwiseSVC(), cv=1),
    ):
        fitted = estimator.fit(X if "Neighbors" in type(estimator).__name__ else X / 1.0, y)
        model = EstimatorModel(fitted, tuple("0123456789"), "latin", (6, 6), {"name": "x"})
        with tempfile.TemporaryDirectory() as folder:
            save_model(model, Path(folder, "x.skops"))
            result.append(Path(folder, "x.skops").read_bytes())
    return result


def _check_estimator(path: Path) -> None:
    from numerals.classifiers.estimator_files import load_estimator

    model = load_estimator(path)
    proba = model.predict_proba(np.zeros((3, *model.image_shape), np.uint8))
    assert proba.shape == (3, len(model.classes)) and np.isfinite(proba).all()


def _store() -> list[bytes]:
    from numerals.corrections.review_queue import ReviewQueue
    from numerals.records import Digit, Line, Page
    from numerals.store import make_page_entry, open_store

    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/x.db")
        drawn = tuple(Digit(c, 0.9, (i * 9, 2, i * 9 + 8, 20)) for i, c in enumerate("123"))
        page = Page((Line("123", 0.9, (0, 2, 27, 20), drawn),), 60, 40, "a.png", 1, "latin")
        picture = np.full((40, 60), 255, np.uint8)
        (line,) = store.add([make_page_entry(page, picture)], "a.png", "m").line_ids[0]
        ReviewQueue(store).answer(line, "124", "ann")
        store.close()
        return [Path(folder, "x.db").read_bytes()]


def _damage_rows(rng: Random, content: bytes) -> bytes:
    """Replace a cell by a value of another type, drop a table or a column, or add rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.db")
        path.write_bytes(content)
        with closing(sqlite3.connect(path)) as database, database:
            tables = [
                row[0]
                for row in database.execute(
                    "SELECT name FROM sqlite_master "
                    "WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                )
            ]
            table = rng.choice(tables)
            column = rng.choice([row[1] for row in database.execute(f"PRAGMA table_info({table})")])
            value = rng.choice((None, -1, 2**62, 1e308, "", "[" * 9000, "x", b"\xff\0", "NaN"))
            kind = rng.random()
            try:
                if kind < 0.7:
                    database.execute(f'UPDATE {table} SET "{column}" = ?', (value,))
                elif kind < 0.8:
                    database.execute(f"DROP TABLE {table}")
                elif kind < 0.9:
                    database.execute(f"INSERT INTO {table} SELECT * FROM {table}")
                else:
                    database.execute(f'ALTER TABLE {table} DROP COLUMN "{column}"')
            except sqlite3.Error:
                database.execute(f"DELETE FROM {table}")
        return path.read_bytes()


def _check_store(path: Path) -> None:
    from numerals.corrections.answered_lines import iter_answered_lines, list_distinct_lines
    from numerals.corrections.review_queue import ReviewQueue
    from numerals.store import open_store
    from numerals.store.stored_readings import export_readings

    store = open_store(f"sqlite:///{path}")
    queue = ReviewQueue(store)
    try:
        store.check()
        json.dumps(list(export_readings(store)), allow_nan=False, default=len)  # of pictures
        list_distinct_lines(store, "latin")
        for item in queue.list_waiting(5)[1]:
            store.crop(item.id)
        json.dumps(asdict(queue.get_item(1)), allow_nan=False)
        json.dumps([change.to_dict() for change in queue.history(1)])
        queue.list_corrections()
        list(iter_answered_lines(store, "latin"))
        queue.answer(1, "125", "bob")
        queue.undo(1, "bob")
        store.prune(1)
    finally:
        store.close()


def _uci() -> list[bytes]:
    return [b"\n".join(b",".join([b"3"] * 64 + [b"%d" % i]) for i in range(3))]


def _check_file_list(path: Path) -> None:
    _write_form_image(path)
    _check_digits(path, "file-list")


def _write_form_image(path: Path) -> None:
    """Write the image that templates and lists refer to."""
    picture = path.with_name("form.png")
    if not picture.exists():
        picture.write_bytes(_pictures()[0])


_read = {
    name: partial(_check_digits, format=name) for name in ("mnist-pickle", "kaggle-csv", "uci")
}
READERS = {
    "pictures": Reader(".png", _pictures, (damage, damage, mutators.damage_png), _check_pictures),
    "pdf": Reader(".pdf", _pdf, (damage, damage_text), _check_pictures),
    "idx": Reader(
        "-images-idx3-ubyte",
        lambda: _written("a-images-idx3-ubyte"),
        (damage, mutators.damage_idx, mutators.damage_idx),
        partial(_check_digits, format="idx"),
    ),
    "npz": Reader(
        ".npz",
        lambda: _written("a.npz"),
        (damage, mutators.damage_zip, mutators.damage_zip),
        partial(_check_digits, format="npz"),
    ),
    "pickle": Reader(".pkl", _pickle, (damage, mutators.damage_pickle), _read["mnist-pickle"]),
    "csv": Reader(".csv", lambda: _written("a.csv"), (damage, damage_text), _read["kaggle-csv"]),
    "cdb": Reader(
        ".cdb",
        _cdb,
        (damage, mutators.damage_bytes_of_digits),
        partial(_check_digits, format="hoda"),
    ),
    "uci": Reader(".tra", _uci, (damage, damage_text), _read["uci"]),
    "file-list": Reader(
        ".csv",
        lambda: [b"file,label\nform.png,7\nform.png,\n"],
        (damage, damage_text),
        _check_file_list,
    ),
    "any": Reader(
        ".bin",
        lambda: [*_written("a.npz"), *_written("a.csv"), *_uci()],
        (damage, lambda rng, content: gzip.compress(damage(rng, content), 1)),
        _check_digits,
    ),
    "truth": Reader(
        ".csv",
        lambda: [b"file,text,split\na.png,12|3,train\n"],
        (damage, damage_text),
        _check_truth,
    ),
    "toml": Reader(
        ".toml", _template, (damage, damage_text, _nested_toml, _other_toml), _check_template
    ),
    "columns": Reader(".toml", _columns, (damage, damage_text, _nested_toml), _check_columns),
    "roster": Reader(".txt", lambda: [b"101\nB-2\n 3 4\n"], (damage, damage_text), _check_roster),
    "formats": Reader(
        ".spec",
        lambda: [spec.encode() for spec in SPECS],
        (damage_text, _make_spec, _make_spec),
        _check_format,
    ),
    "onnx": Reader(
        ".onnx",
        _digit_models,
        (damage, _damage_onnx, _damage_onnx, _damage_onnx),
        _check_digit_model,
    ),
    "onnx-lines": Reader(
        ".onnx",
        lambda: [(MODELS_FOLDER / "bangla-line.onnx").read_bytes()],
        (damage, _damage_onnx, _damage_onnx),
        _check_line_model,
    ),
    "skops": Reader(".skops", _estimators, (damage, *[mutators.damage_zip] * 3), _check_estimator),
    "store": Reader(".db", _store, (damage, _damage_rows, _damage_rows), _check_store),
}
