"""The rooms of the house: who may import whom, and what must stay outside."""

import ast
import graphlib
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import numerals

PACKAGE = Path(numerals.__file__).parent

ROOMS_TABLE = Path(__file__).parents[1] / "docs" / "architecture.md"


def _rooms() -> list[str]:
    """Return the rooms from top to bottom, as the table in docs/architecture.md lists them."""
    rows = re.findall(r"^\| `(\w+)(?:/|\.py)` \|", ROOMS_TABLE.read_text(encoding="utf-8"), re.M)
    assert len(rows) > 20, "the table of rooms is gone"
    return rows


ROOMS = _rooms()
HEAVY = (
    "torch",
    "sklearn",
    "matplotlib",
    "jinja2",
    "dask",
    "distributed",
    "fsspec",
    "xlsxwriter",
    "scipy",
    "numba",
    "pandas",
    "fastapi",
    "starlette",
    "prometheus_client",
    "sqlalchemy",
    "psycopg",
    "onnx",
    "skops",
    "PIL.ImageQt",
    "pyarrow",
    "h5py",
)
# Modules of the reading path that import an extra, when a file needs it and not before.
ON_DEMAND = {
    "data/parquet.py": "pyarrow",
    "data/hdf5.py": "h5py",
    "evaluation/model_evaluation.py": "matplotlib",
    "corrections/answered_lines.py": "sqlalchemy",
    "corrections/review_items.py": "sqlalchemy",
    "corrections/review_queue.py": "sqlalchemy",
    "corrections/review_selection.py": "sqlalchemy",
    "corrections/cell_answers.py": "sqlalchemy",
    "corrections/double_keying.py": "sqlalchemy",
    "output/number_table.py": "pyarrow",
    "output/number_files.py": "pyarrow",
    "output/table_sheet.py": "xlsxwriter",
    "output/workbook.py": "xlsxwriter",
}
# Who may import the rooms that keep and serve, that find numbers, and that compose samples.
ONLY_BY = {
    "web": {"cli", "web"},
    "store": {"cli", "web", "corrections", "store", "batch"},
    "page": {"forms", "reading", "page", "training"},
    "synthesis": {"cli", "reports", "training", "synthesis"},
}
# Rooms that the path from picture to number passes through.
READING_PATH = (
    "diagnosis",
    "forms",
    "reading",
    "page",
    "output",
    "evaluation",
    "formats",
    "data",
    "corrections",
    "ink",
    "images",
    "models",
    "cli",
)


def _relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _room(path: Path) -> str:
    return _relative(path).split("/")[0].removesuffix(".py")


@cache
def _imports(path: Path) -> frozenset[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                # `from room import module` imports the module, not the names of the room.
                names |= {name} if _is_module(name) else {node.module or "", name}
    return frozenset(names)


def _is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def _module(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(("numerals", *parts)).removesuffix(".__init__")


SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def test_imports_only_from_rooms_below():
    wrong = []
    for path in SOURCES:
        room = _room(path)
        assert room in ROOMS, f"{room} has no place in the list of rooms"
        allowed = {*ROOMS[ROOMS.index(room) :], "__version__"}
        for name in sorted(_imports(path)):
            if name.startswith("numerals.") and name.split(".")[1] not in allowed:
                wrong.append(f"{_relative(path)} imports {name}, which is above it")
    assert wrong == []


def test_every_room_exists():
    found = {_room(path) for path in SOURCES}
    assert set(ROOMS) == found, "docs/architecture.md lists the rooms of src/numerals"


def test_no_file_imports_itself_through_others():
    modules = {_module(path): path for path in SOURCES}
    imports = {name: _imports(path) & set(modules) for name, path in modules.items()}
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"files import each other: {' <- '.join(error.args[1])}")


def test_the_reading_path_names_nothing_heavy():
    wrong = []
    for path in SOURCES:
        if _room(path) not in READING_PATH:
            continue
        for name in sorted(_imports(path)):
            package = name.split(".")[0]
            if package in HEAVY and ON_DEMAND.get(_relative(path)) != package:
                wrong.append(f"{_relative(path)} imports {name}")
    assert wrong == []


def test_few_rooms_import_those_that_are_not_for_all():
    wrong = []
    for path in SOURCES:
        for name in sorted(_imports(path)):
            room = name.split(".")[1] if name.startswith("numerals.") else ""
            if _room(path) not in ONLY_BY.get(room, {_room(path)}):
                wrong.append(f"{_relative(path)} imports {name}")
    assert wrong == []


def test_one_module_imports_onnxruntime():
    importing = {
        str(path.relative_to(PACKAGE))
        for path in SOURCES
        if any(name.split(".")[0] == "onnxruntime" for name in _imports(path))
    }
    assert importing == {str(Path("models", "runtime.py"))}, "its telemetry is turned off there"


def test_reading_loads_nothing_heavy():
    unwanted = (*HEAVY, "uvicorn", "numerals.web", "numerals.store")
    code = (
        "import sys, numpy, numerals, numerals.cli.app; "
        "numerals.read(numpy.full((60, 90), 255, numpy.uint8)); "
        f"print([name for name in {unwanted!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout.strip() == "[]", found.stderr


def test_every_public_name_exists():
    for path in PACKAGE.rglob("__init__.py"):
        name = ".".join(("numerals", *path.parent.relative_to(PACKAGE).parts))
        room = name.split(".")[-1]
        if room in ("audit", "classifiers", "displays", "explain", "lab", "training"):
            pytest.importorskip("sklearn")
        module = __import__(name, fromlist=["*"])
        for public in getattr(module, "__all__", []):
            assert hasattr(module, public), f"{name}.{public}"
