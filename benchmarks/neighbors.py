"""Compare exact nearest neighbors of this package with faiss, NumPy and scikit-learn.

    python benchmarks/neighbors.py --runs 3

Each implementation runs in its own processes, so that its peak memory can be measured. A run is one
search of all queries in an existing index. Needs MNIST, numerals[lab], and faiss-cpu for its rows.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from numerals.data import load_digits
from numerals.reports.text_tables import format_table

BLOCK = 500  # queries at a time, for implementations that compute the full similarity matrix


def ours(metric: str) -> Callable[[Any, Any], Any]:
    def prepare(X: Any, queries: Any) -> Callable[[], Any]:
        from numerals.search import ExactIndex

        ExactIndex(X[:256], metric).search(queries[:256])  # compile, or load the compiled cache
        index = ExactIndex(X, metric)
        return lambda: index.search(queries)[1][:, 0]

    return prepare


def faiss_flat(metric: str) -> Callable[[Any, Any], Any]:
    def prepare(X: Any, queries: Any) -> Callable[[], Any]:
        import faiss

        X, queries = _floats(X, metric), _floats(queries, metric)
        index = (faiss.IndexFlatIP if metric == "cosine" else faiss.IndexFlatL2)(X.shape[1])
        index.add(X)
        return lambda: index.search(queries, 1)[1][:, 0]

    return prepare


def numpy_products(metric: str) -> Callable[[Any, Any], Any]:
    def prepare(X: Any, queries: Any) -> Callable[[], Any]:
        X, queries = _floats(X, metric), _floats(queries, metric)
        half = (X**2).sum(axis=1) / 2 if metric == "euclidean" else np.float32(0)

        def search() -> Any:
            blocks = np.array_split(queries, max(1, len(queries) // BLOCK))
            return np.concatenate([(block @ X.T - half).argmax(axis=1) for block in blocks])

        return search

    return prepare


def scikit_learn(metric: str) -> Callable[[Any, Any], Any]:
    def prepare(X: Any, queries: Any) -> Callable[[], Any]:
        from sklearn.neighbors import NearestNeighbors

        index = NearestNeighbors(n_neighbors=1, algorithm="brute", metric=metric)
        index.fit(X.astype(np.float32))
        queries = queries.astype(np.float32)
        return lambda: index.kneighbors(queries)[1][:, 0]

    return prepare


IMPLEMENTATIONS = {
    "numerals": ours,
    "faiss flat": faiss_flat,
    "NumPy float32": numpy_products,
    "scikit-learn brute": scikit_learn,
}


def _floats(X: Any, metric: str) -> Any:
    X = X.astype(np.float32)
    return X / np.linalg.norm(X, axis=1, keepdims=True) if metric == "cosine" else X


def _peak_memory() -> float:
    """Return the peak memory of this process, MB."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def run_one(implementation: str, metric: str, n_stored: int, n_queries: int) -> None:
    train, test = load_digits("mnist", "train"), load_digits("mnist", "test")
    X = train.images[:n_stored].reshape(n_stored, -1)
    queries = test.images[:n_queries].reshape(n_queries, -1)
    before = _peak_memory()
    started = time.perf_counter()
    search = IMPLEMENTATIONS[implementation](metric)(X, queries)
    ready = time.perf_counter()
    nearest = search()
    ended = time.perf_counter()
    accuracy = (train.labels[nearest] == test.labels[:n_queries]).mean()
    result = {
        "prepare": ready - started,
        "search": ended - ready,
        "peak": _peak_memory(),
        "added": _peak_memory() - before,
        "accuracy": accuracy,
    }
    print(json.dumps(result))


def check_products(n_stored: int, n_queries: int = 200) -> int:
    """Return how many of the integer products differ from those of 64-bit integers."""
    from numerals.search.integer_products import IntegerProducts, query_offset

    X = load_digits("mnist", "train").images[:n_stored].reshape(n_stored, -1)
    queries = load_digits("mnist", "test").images[:n_queries].reshape(n_queries, -1)
    found = IntegerProducts(X).multiply(queries) + query_offset(queries)[:, None]
    exact = queries.astype(np.float64) @ X.astype(np.float64).T  # whole numbers below 2^53
    return int((found != exact).sum())


def check_neighbors(n_stored: int, n_queries: int = 1000) -> int:
    """Return the number of Euclidean neighbors that differ from those of exact arithmetic."""
    from numerals.search import ExactIndex

    X = load_digits("mnist", "train").images[:n_stored].reshape(n_stored, -1)
    queries = load_digits("mnist", "test").images[:n_queries].reshape(n_queries, -1)
    values = X.astype(np.float64)  # integers below 2^53
    similarity = 2 * queries.astype(np.float64) @ values.T - (values**2).sum(axis=1)
    nearest = ExactIndex(X, "euclidean").search(queries)[1][:, 0]
    return int((nearest != similarity.argmax(axis=1)).sum())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--stored", type=int, default=60_000)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = ["--stored", str(options.stored), "--queries", str(options.queries)]
    if options.one:
        run_one(*options.one, options.stored, options.queries)
        return
    rows = []
    for metric in ("cosine", "euclidean"):
        results: dict[str, list[dict[str, float]]] = {name: [] for name in IMPLEMENTATIONS}
        for _ in range(options.runs):  # in turn, so that other load affects all equally
            for name in IMPLEMENTATIONS:
                command = [sys.executable, __file__, "--one", name, metric, *sizes]
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode == 0:
                    results[name].append(json.loads(done.stdout))
                else:
                    print(f"{name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        fastest = statistics.median(r["search"] for r in results["numerals"])
        for name, runs in results.items():
            if runs:
                median = {key: statistics.median(r[key] for r in runs) for key in runs[0]}
                rows.append(
                    [
                        f"{metric}, {name}",
                        f"{median['search']:.2f}",
                        f"{median['search'] / fastest:.1f}",
                        f"{median['prepare']:.2f}",
                        f"{median['added']:.0f}",
                        f"{median['peak']:.0f}",
                        f"{median['accuracy']:.4f}",
                    ]
                )
    heads = ["metric, implementation", "search s", "relative", "prepare s", "added MB", "peak MB"]
    print(f"{options.queries:,} queries, {options.stored:,} stored, median of {options.runs} runs")
    print(format_table([*heads, "accuracy"], rows))
    wrong = check_products(min(options.stored, 16_384))
    print(f"integer products that differ from 64-bit ones, of 200 x 16,384: {wrong}")
    n_differ = check_neighbors(16_384)
    print(f"neighbors that differ from those of exact arithmetic, of 1,000: {n_differ}")


if __name__ == "__main__":
    main()
