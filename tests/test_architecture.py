"""The rooms of the house: who may import whom, and what must stay outside."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import numerals

PACKAGE = Path(numerals.__file__).parent

# Top of the house first: a room imports only from rooms below it.
ROOMS = [
    "cli",
    "web",
    "lab",
    "training",
    "explain",
    "figures",
    "forms",
    "reading",
    "page",
    "report",
    "evaluation",
    "formats",
    "classifiers",
    "search",
    "networks",
    "synthesis",
    "data",
    "ink",
    "store",
    "images",
    "models",
    "untrusted",
    "records",
    "csv_cells",
    "files",
    "processes",
    "printable",
    "errors",
]
HEAVY = (
    "torch",
    "sklearn",
    "matplotlib",
    "jinja2",
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
ON_DEMAND = {"data/parquet.py": "pyarrow", "data/hdf5.py": "h5py"}
# Who may import the rooms that keep and serve, that find numbers, and that compose samples.
ONLY_BY = {
    "web": {"cli", "web"},
    "store": {"cli", "web", "data", "store"},
    "page": {"reading", "page", "training"},
    "synthesis": {"training", "synthesis"},
}
# Rooms that the path from picture to number passes through.
READING_PATH = (
    "forms",
    "reading",
    "page",
    "report",
    "evaluation",
    "formats",
    "data",
    "ink",
    "images",
    "models",
    "cli",
)


def _room(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


SOURCES = [
    *sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE),
    *(
        PACKAGE / f"{name}.py"
        for name in ("untrusted", "records", "csv_cells", "files", "printable", "errors")
    ),
]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_only_from_rooms_below(path):
    room = _room(path)
    assert room in ROOMS, f"{room} has no place in the list of rooms"
    allowed = set(ROOMS[ROOMS.index(room) :])
    for name in _imports(path):
        if name.startswith("numerals.") and name != "numerals.__version__":
            below = name.split(".")[1]
            assert below in allowed, f"{room} imports {name}, which is above it"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_the_reading_path_names_nothing_heavy(path):
    if _room(path) not in READING_PATH:
        return
    for name in _imports(path):
        package = name.split(".")[0]
        if ON_DEMAND.get(path.relative_to(PACKAGE).as_posix()) != package:
            assert package not in HEAVY, f"{path.name} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_few_rooms_import_those_that_are_not_for_all(path):
    for name in _imports(path):
        room = name.split(".")[1] if name.startswith("numerals.") else ""
        assert _room(path) in ONLY_BY.get(room, {_room(path)}), f"{path.name} imports {name}"


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
        if name.split(".")[-1] in ("classifiers", "explain", "figures", "lab", "training"):
            pytest.importorskip("sklearn")
        module = __import__(name, fromlist=["*"])
        for public in getattr(module, "__all__", []):
            assert hasattr(module, public), f"{name}.{public}"
