"""Exact nearest neighbours: ours beside faiss, NumPy and scikit-learn, all in the same run.

    python benchmarks/neighbors.py --runs 3

Each contestant has processes of its own, so that its peak memory is its own; a run is one search of
all queries, with the index made before. Needs MNIST, numerals[lab], and faiss-cpu for its rows.
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

BLOCK = 500  # queries at a time where a contestant would hold all similarities


def ours(metric: str) -> Callable[[Any, Any], Any]:
    def prepare(X: Any, queries: Any) -> Callable[[], Any]:
        from numerals.search import ExactIndex

        ExactIndex(X[:256], metric).search(queries[:256])  # compiled, or read from the cache
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
            parts = np.array_split(queries, max(1, len(queries) // BLOCK))
            return np.concatenate([(part @ X.T - half).argmax(axis=1) for part in parts])

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


CONTESTANTS = {
    "numerals": ours,
    "faiss flat": faiss_flat,
    "NumPy float32": numpy_products,
    "scikit-learn brute": scikit_learn,
}


def _floats(X: Any, metric: str) -> Any:
    X = X.astype(np.float32)
    return X / np.linalg.norm(X, axis=1, keepdims=True) if metric == "cosine" else X


def _peak_memory() -> float:
    """Return the largest memory that this process has held, MB."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def run_one(contestant: str, metric: str, n_stored: int, n_queries: int) -> None:
    train, test = load_digits("mnist", "train"), load_digits("mnist", "test")
    X = train.images[:n_stored].reshape(n_stored, -1)
    queries = test.images[:n_queries].reshape(n_queries, -1)
    before = _peak_memory()
    started = time.perf_counter()
    search = CONTESTANTS[contestant](metric)(X, queries)
    ready = time.perf_counter()
    found = search()
    ended = time.perf_counter()
    right = (train.labels[found] == test.labels[:n_queries]).mean()
    result = {
        "prepare": ready - started,
        "search": ended - ready,
        "peak": _peak_memory(),
        "added": _peak_memory() - before,
        "accuracy": right,
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


def check_answers(n_stored: int, n_queries: int = 1000) -> int:
    """Return how many nearest by squared error differ from those of whole 64-bit numbers."""
    from numerals.search import ExactIndex

    X = load_digits("mnist", "train").images[:n_stored].reshape(n_stored, -1)
    queries = load_digits("mnist", "test").images[:n_queries].reshape(n_queries, -1)
    values = X.astype(np.float64)  # whole numbers below 2^53
    nearer = 2 * queries.astype(np.float64) @ values.T - (values**2).sum(axis=1)
    found = ExactIndex(X, "euclidean").search(queries)[1][:, 0]
    return int((found != nearer.argmax(axis=1)).sum())


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
        results: dict[str, list[dict[str, float]]] = {name: [] for name in CONTESTANTS}
        for _ in range(options.runs):  # in turn, so that what else the machine does hits all alike
            for name in CONTESTANTS:
                command = [sys.executable, __file__, "--one", name, metric, *sizes]
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode == 0:
                    results[name].append(json.loads(done.stdout))
                else:
                    print(f"{name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        fastest = statistics.median(r["search"] for r in results["numerals"])
        for name, found in results.items():
            if found:
                middle = {key: statistics.median(r[key] for r in found) for key in found[0]}
                rows.append(
                    [
                        f"{metric}, {name}",
                        f"{middle['search']:.2f}",
                        f"{middle['search'] / fastest:.1f}",
                        f"{middle['prepare']:.2f}",
                        f"{middle['added']:.0f}",
                        f"{middle['peak']:.0f}",
                        f"{middle['accuracy']:.4f}",
                    ]
                )
    head = ["metric, who", "search s", "times ours", "prepare s", "MB added", "MB peak", "accuracy"]
    print(f"{options.queries:,} queries, {options.stored:,} stored, median of {options.runs} runs")
    print(format_table(head, rows))
    wrong = check_products(min(options.stored, 16_384))
    print(f"integer products that differ from 64-bit ones, of 200 x 16,384: {wrong}")
    print(f"nearest that differ from those of 64-bit numbers, of 1,000: {check_answers(16_384)}")


if __name__ == "__main__":
    main()
