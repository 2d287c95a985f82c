"""Server-sent events: all batches at first, then those that change, and the end of streams."""

import asyncio
import json

import pytest
from batch_requests import make_batch
from served import failure_of

from numerals.web.batches import batch_events
from numerals.web.batches.batch_runner import BatchRunner


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(batch_events, "INTERVAL", 0.05)
    monkeypatch.setattr(BatchRunner, "start", lambda _: None)
    monkeypatch.setattr(BatchRunner, "stop", lambda *_: True)


@pytest.fixture
def service(serve):
    return serve()


def parsed(text: bytes) -> list[tuple[str, dict]]:
    events = []
    for block in text.decode().strip().split("\n\n"):
        if not block.startswith(":"):
            name, _, data = block.partition("\n")
            events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return events


def follow(client, changes, batch=None) -> list[tuple[str, dict]]:
    """Return the events of a stream while changes are made, until one event for each came."""
    events_of = client.app.state.numerals.batches.events

    async def collect():
        stream = await events_of.stream(batch)
        found = parsed(await anext(stream))
        for change in changes:
            await asyncio.to_thread(change)
            found += parsed(await asyncio.wait_for(anext(stream), 30))
        await stream.aclose()
        return found

    return client.portal.call(collect)


def test_changes_arrive(service):
    first = make_batch(service, name="a")
    second = make_batch(service, name="b")
    events = follow(
        service,
        [
            lambda: service.patch(f"/v1/batches/{first}", json={"name": "c"}),
            lambda: service.post(f"/v1/batches/{second}/pause"),
            lambda: service.delete(f"/v1/batches/{second}"),
            lambda: make_batch(service, name="d"),
        ],
    )
    assert [name for name, _ in events] == ["batches", "batch", "batch", "deleted", "batch"]
    assert [batch["id"] for batch in events[0][1]["batches"]] == [second, first]
    assert events[1][1] == service.get(f"/v1/batches/{first}").json()
    assert events[2][1]["state"] == "paused"
    assert events[3][1] == {"id": second}


def test_one_batch(service):
    first, second = make_batch(service), make_batch(service)
    events = follow(
        service,
        [
            lambda: (
                service.post(f"/v1/batches/{first}/pause"),
                service.post(f"/v1/batches/{second}/pause"),
            )
        ],
        batch=int(second),
    )
    assert [batch["id"] for batch in events[0][1]["batches"]] == [second]
    assert {data["id"] for _, data in events[1:]} == {second}


def test_the_route_streams_until_the_service_stops(service):
    """`TestClient` returns a response once it ends, so the service is stopped first."""
    make_batch(service, name="a")
    service.app.state.numerals.batches.events.close()
    answer = service.get("/v1/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert parsed(answer.content)[0][1]["batches"][0]["name"] == "a"
    failure_of(service.get("/v1/events?batch=x"), 404)


def test_streams_are_limited(service, monkeypatch):
    monkeypatch.setattr(batch_events, "MAX_STREAMS", 0)
    answer = service.get("/v1/events")
    assert "close some" in failure_of(answer, 503)
    assert "retry-after" in answer.headers
