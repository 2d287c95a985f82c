"""Health, metrics, activation of models at run time, and a responsive event loop."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from served import digit_rows, failure_of

import numerals
from numerals.corrections.review_queue import ReviewQueue
from numerals.errors import StoreError
from numerals.models import activated_models
from numerals.store import Store

BODY = {"images": digit_rows("7")}


def test_health_is_ok(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_failing_store_is_reported(serve, monkeypatch):
    client = serve()

    def fail(*_, **__):
        raise StoreError("the disk failed")

    for owner, name in ((Store, "check"), (ReviewQueue, "list_waiting")):
        monkeypatch.setattr(owner, name, fail)
    for path in ("/healthz", "/v1/review"):
        answer = client.get(path)
        assert "the disk failed" in failure_of(answer, 503)
        assert "retry-after" in answer.headers


def counted(client, name: str, **labels: str) -> float:
    found = [
        sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return sum(found)


def test_metrics_count_requests_and_readings(serve, picture):
    client = serve(store=None)
    client.post("/v1/read", content=picture)
    client.post("/v1/digits", json={"images": digit_rows("407")})
    client.post("/v1/digits", json={})
    for made_up in range(20):
        client.get(f"/made/up/{made_up}")
        client.request(f"MADE{made_up}", "/")
    assert counted(client, "numerals_read_total", what="digits") == 3
    assert counted(client, "numerals_read_total", what="pages") == 1
    assert counted(client, "numerals_read_total", what="lines") == 1
    assert counted(client, "numerals_requests_total", route="/v1/digits", status="422") == 1
    assert counted(client, "numerals_request_seconds_count", route="/v1/read") == 1
    # Invented paths and methods must not create time series.
    text = client.get("/metrics").text
    routes = set(re.findall(r'numerals_requests_total{[^}]*route="([^"]*)"', text))
    assert routes == {"/v1/read", "/v1/digits", "/metrics", "/", "other"}


def test_model_is_loaded_once_and_again_after_an_activation(serve, monkeypatch, home):
    loaded = []
    load = numerals.web.reader_cache.load_model
    monkeypatch.setattr(
        "numerals.web.reader_cache.load_model", lambda script: loaded.append(script) or load(script)
    )
    client = serve(store=None)
    for _ in range(3):
        client.post("/v1/digits", json=BODY)
    assert loaded == ["latin"]
    shipped = Path(numerals.__file__).parent / "models" / "kannada-digit.onnx"
    try:
        activated_models.activate_model(shipped, "latin", "digits")
        answer = client.post("/v1/digits", json=BODY).json()["digits"][0]
        assert set(answer["probabilities"]) == set("೦೧೨೩೪೫೬೭೮೯")
        assert loaded == ["latin", "latin"]
        active = [m["name"] for m in client.get("/v1/models").json()["models"] if m["active"]]
        assert "latin-digit" not in active
    finally:
        activated_models.roll_back_model("latin", "digits")
    assert client.post("/v1/digits", json=BODY).json()["digits"][0]["text"] == "7"


def test_other_routes_respond_while_all_threads_read(serve, monkeypatch, picture):
    """The event loop responds while all reading threads are busy."""
    client = serve(n_threads=2, store=None)
    allowed, started = threading.Event(), threading.Semaphore(0)
    read = numerals.Reader.read_picture

    def wait_and_read(self, page):
        started.release()
        assert allowed.wait(60)
        return read(self, page)

    monkeypatch.setattr(numerals.Reader, "read_picture", wait_and_read)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(client.post, "/v1/read", content=picture) for _ in range(2)]
        try:
            for _ in both:
                assert started.acquire(timeout=60)
            for path in ("/healthz", "/metrics", "/v1/scripts", "/v1/data", "/"):
                assert client.get(path).is_success
        finally:
            allowed.set()
        assert all(each.result().is_success for each in both)


@pytest.mark.parametrize("path", ["/openapi.json"])
def test_openapi_has_every_route(client, path):
    paths = client.get(path).json()["paths"]
    expected = {
        "/v1/read": {"post"},
        "/v1/digits": {"post"},
        "/v1/similar": {"post"},
        "/v1/explain": {"post"},
        "/v1/explain/picture": {"post"},
        "/v1/layers": {"get"},
        "/v1/models": {"get"},
        "/v1/formats": {"get"},
        "/v1/scripts": {"get"},
        "/v1/review": {"get"},
        "/v1/review/{id}": {"post"},
        "/v1/review/answers": {"post"},
        "/v1/review/differences": {"get"},
        "/v1/review/groups": {"get"},
        "/v1/review/keying": {"get"},
        "/v1/review/pages": {"get"},
        "/v1/review/undo": {"post"},
        "/v1/review/{id}/keying": {"post"},
        "/v1/review/{id}/keying/undo": {"post"},
        "/v1/review/{id}/page": {"get"},
        "/v1/review/{id}/page-picture": {"get"},
        "/v1/review/{id}/crop": {"get"},
        "/v1/review/{id}/skip": {"post"},
        "/v1/review/{id}/undo": {"post"},
        "/v1/review/{id}/history": {"get"},
        "/v1/corrections": {"get", "post"},
        "/v1/batches": {"get", "post"},
        "/v1/batches/{id}": {"get", "patch", "delete"},
        "/v1/batches/{id}/pictures": {"delete"},
        "/v1/batches/{id}/pause": {"post"},
        "/v1/batches/{id}/resume": {"post"},
        "/v1/batches/{id}/read-again": {"post"},
        "/v1/batches/{id}/changes": {"get"},
        "/v1/batches/{id}/checks": {"get"},
        "/v1/batches/{id}/export": {"get"},
        "/v1/batches/{id}/items": {"get", "post"},
        "/v1/batches/{id}/items/{item}": {"get", "delete"},
        "/v1/batches/{id}/items/{item}/thumbnail": {"get"},
        "/v1/batches/{id}/items/{item}/pages/{page}/picture": {"get"},
        "/v1/batches/{id}/tables": {"get"},
        "/v1/batches/{id}/items/{item}/tables/{page}/{table}": {"get"},
        "/v1/batches/{id}/items/{item}/tables/{page}/{table}/cells/{row}/{column}": {"put"},
        "/v1/events": {"get"},
        "/v1/data": {"get"},
        "/v1/data/{name}/digits": {"get"},
        "/v1/training": {"get", "post", "delete"},
        "/v1/training/continue": {"post"},
        "/v1/training/cancel": {"post"},
        "/v1/models/rollback": {"post"},
        "/v1/models/{name}/activate": {"post"},
        "/v1/models/{name}/confusion": {"get"},
        "/v1/models/{name}/confusion/{truth}/{answer}": {"get"},
        "/v1/templates": {"get"},
        "/v1/templates/detect": {"post"},
        "/v1/templates/pictures/{id}": {"get"},
        "/v1/templates/{name}": {"get", "put", "delete"},
        "/v1/templates/{name}/picture": {"get"},
        "/v1/templates/{name}/archive": {"get"},
        "/v1/templates/{name}/try": {"post"},
        "/healthz": {"get"},
        "/metrics": {"get"},
    }
    assert {route: set(methods) for route, methods in paths.items()} == expected
