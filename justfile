# Commands for development: `just` lists them. https://just.systems; `pip install rust-just`

python := ".venv/bin/python"
bin := ".venv/bin"

_default:
    @just --list

# create .venv with everything that development needs
setup:
    python3 -m venv .venv
    {{python}} -m pip install --quiet -c constraints.txt -e '.[dev]'
    {{bin}}/pre-commit install

# run the tests; arguments go to pytest: just test tests/page -x
test *args:
    {{bin}}/pytest -q -n auto {{args}}

# run the tests that take under a minute in all
quick *args:
    {{bin}}/pytest -q -n auto -m quick {{args}}

# run the tests with a table of the lines that they do not reach
coverage:
    {{bin}}/pytest -q -n auto --cov --cov-report=term-missing:skip-covered

# check style and types
lint:
    {{bin}}/ruff check .
    {{bin}}/ruff format --check .
    {{bin}}/mypy

# check the types of the page's JavaScript (needs Node.js; installs TypeScript and axe-core into tools/page_checks)
page-types:
    npm ci --silent --no-audit --no-fund --prefix tools/page_checks
    npm run --silent --prefix tools/page_checks check

# format the code and fix what can be fixed
format:
    {{bin}}/ruff check --fix .
    {{bin}}/ruff format .

# build the documentation, strictly; `just docs serve` shows it while you write
docs command="build --strict --site-dir site":
    {{bin}}/mkdocs {{command}}

# run the notebooks of the tutorials at reduced sizes: just notebooks kannada --full --write
notebooks *args:
    {{python}} tools/run_notebooks.py {{args}}

# run a benchmark: just bench cold_start (benchmarks/README.md lists them)
bench name *args:
    {{python}} benchmarks/{{name}}.py {{args}}

# resolve the versions in constraints.txt anew (needs uv); `just lock --upgrade` takes newer ones
lock *args:
    uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
        --no-annotate --custom-compile-command "just lock" --constraint constraints.in \
        --no-emit-package triton --no-emit-package cuda-bindings \
        --no-emit-package cuda-pathfinder --no-emit-package cuda-toolkit \
        --output-file constraints.txt {{args}}
    sed -i '/^nvidia-/d' constraints.txt  # PyTorch's CPU build needs none of CUDA

# what continuous integration runs
ci:
    .ci/run

# check the version, run CI, build and tag: docs/release.md
release version:
    test -z "$(git status --porcelain)" || { echo "commit or remove your changes first" >&2; exit 1; }
    grep -qx '__version__ = "{{version}}"' src/numerals/__init__.py || { echo "src/numerals/__init__.py has another version" >&2; exit 1; }
    grep -qE '^## {{version}} \([0-9]{4}-[0-9]{2}-[0-9]{2}\)$' CHANGELOG.md || { echo "CHANGELOG.md has no section '## {{version}} (YYYY-MM-DD)'" >&2; exit 1; }
    .ci/run
    rm -rf dist
    {{python}} -m build
    git tag -a v{{version}} -m "numerals {{version}}"
    @echo "now: git push origin main v{{version}}"
