"""Five thousand files are listed, counted and searched quickly, while others write."""

import json
import time

import pytest
from sqlalchemy import insert

from numerals.store.batch_items import sort_key
from numerals.store.batches import Batches
from numerals.store.database import write_transaction
from numerals.store.schema import ITEMS, LINES, PAGES, READINGS

N_ITEMS, N_LINES = 5_000, 9
CROP = bytes(3_000)


@pytest.fixture(scope="module")
def filled(serve):
    """Return a service with a large batch, and the id of that."""
    client = serve()
    store = client.app.state.numerals.store
    batch_id = Batches(store).create("large", {}, [])
    with write_transaction(store.engine) as connection:
        numbers = range(1, N_ITEMS + 1)
        time_text = "2026-11-30T12:00:00.000000+00:00"
        reading = {"read_at": time_text, "model": "latin-line", "script": "latin"}
        connection.execute(
            insert(READINGS), [{"id": n, "source": f"{n}.png", **reading} for n in numbers]
        )
        page = {"number": 1, "width": 1000, "height": 800}
        connection.execute(insert(PAGES), [{"reading_id": n, **page} for n in numbers])
        line = {
            "page": 1,
            "script": "latin",
            "box": "[10, 10, 90, 40]",
            "digits": json.dumps([{"text": "1", "confidence": 0.9, "box": [1, 1, 9, 9]}] * 5),
            "alternatives": "[]",
            "crop": CROP,
            "state": "waiting",
        }
        connection.execute(
            insert(LINES),
            [
                {
                    **line,
                    "reading_id": n,
                    "number": k,
                    "text": f"{n * k}",
                    "answer": f"{n * k}",
                    "confidence": 0.5 + ((n * k) % 500) / 1000,
                    "uncertain": int(k == 1 and n % 10 == 0),
                }
                for n in numbers
                for k in range(1, N_LINES + 1)
            ],
        )
        item = {
            "batch_id": batch_id,
            "size": 1000,
            "added_at": time_text,
            "state": "done",
            "attempt": 0,
            "n_pages": 1,
            "n_read": 1,
            "has_file": 1,
        }
        connection.execute(
            insert(ITEMS),
            [
                {
                    **item,
                    "name": f"{n}.png",
                    "sort_name": sort_key(f"{n}.png"),
                    "sha256": f"{n:064}",
                    "reading_id": n,
                }
                for n in numbers
            ],
        )
    return client, str(batch_id)


def timed(client, path: str) -> tuple[float, dict]:
    started = time.perf_counter()
    answer = client.get(path)
    seconds = time.perf_counter() - started
    assert answer.status_code == 200, answer.text
    return seconds, answer.json()


@pytest.mark.parametrize(
    ("query", "total", "limit"),
    [
        ("", N_ITEMS, 1.0),
        ("offset=4900", N_ITEMS, 1.0),
        ("filter=uncertain", N_ITEMS // 10, 1.0),
        ("filter=corrected", 0, 1.0),
        ("sort=confidence", N_ITEMS, 1.5),
        ("sort=-name&offset=2500", N_ITEMS, 1.0),
        ("search=4999.png", 1, 3.0),
        ("search=44991", 1, 3.0),
    ],
)
def test_lists_are_quick(filled, query, total, limit):
    client, batch = filled
    best, found = min(
        (timed(client, f"/v1/batches/{batch}/items?limit=100&{query}") for _ in range(3)),
        key=lambda each: each[0],
    )
    print(f"{query or 'all':>24}: {best:.3f} s")
    assert found["total"] == total
    assert len(found["items"]) == min(100, total)
    assert best < limit


def test_counts_are_quick(filled):
    client, batch = filled
    best, found = min(timed(client, f"/v1/batches/{batch}") for _ in range(3))
    print(f"counts: {best:.3f} s")
    assert (found["done"], found["lines"]) == (N_ITEMS, N_ITEMS * N_LINES)
    assert found["to_review"] == N_ITEMS // 10
    assert best < 1.0


def test_the_review_of_one_batch_is_quick(filled):
    client, batch = filled
    best, found = min(timed(client, f"/v1/review?batch={batch}&limit=20") for _ in range(3))
    print(f"review: {best:.3f} s")
    assert found["waiting"] == N_ITEMS * N_LINES
    assert best < 1.5
