"""Training over HTTP: start, progress, cancel, continue, the comparison, activation, rollback."""

import time

import pytest
from served import failure_of

pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")

from trainable import MINUTES, SECONDS, TEXTS, make_trainable

import numerals
from numerals.corrections.corrected_lines import count_lines
from numerals.corrections.review_queue import ReviewQueue
from numerals.models import line_model_path
from numerals.store import open_store
from numerals.store.stored_readings import Selection, delete_readings
from numerals.training.training_folder import TrainingProgress


@pytest.fixture
def url(tmp_path, monkeypatch, draw):
    monkeypatch.setenv("NUMERALS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("numerals.data.fetch.cache_folder", lambda: tmp_path / "cache")
    url = f"sqlite:///{tmp_path / 'home' / 'store.db'}"
    make_trainable(tmp_path, url, draw)
    return url


@pytest.fixture
def start_service(url, serve):
    return lambda tuning=SECONDS: serve(store=url, finetuning=tuning)


def wait_for(client, is_reached, seconds=240) -> dict:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        training = client.get("/v1/training").json()["training"]
        if is_reached(training):
            return training
        assert training["state"] in ("running", "done"), training
        time.sleep(0.1)
    raise AssertionError(f"not reached: {training}")


def test_reviewed_lines_become_an_active_model_that_can_be_rolled_back(start_service, picture):
    client = start_service()
    before = client.get("/v1/training").json()
    assert before["training"] is None
    (script,) = before["scripts"]
    assert (script["script"], script["recipe"], script["obstacles"]) == ("latin", "latin-line", [])
    assert (script["reviewed"], script["held_out"]) == (30, 6)
    assert script["seconds"] > 0
    assert "7" not in client.post("/v1/read", content=picture).json()["pages"][0]["text"]

    started = client.post("/v1/training", json={"script": "latin"})
    assert started.status_code == 202 and started.json()["training"]["state"] == "running"
    assert "running" in failure_of(client.post("/v1/training"), 409)
    assert "running" in failure_of(client.delete("/v1/training"), 409)
    done = wait_for(client, lambda training: training["state"] == "done")
    assert (done["reviewed"], done["held_out"], done["new_lines"]) == (30, 6, 0)
    assert done["epochs_done"] == done["epochs"] > 0
    result = done["result"]
    corrections = result["sets"][0]
    assert (corrections["name"], corrections["count"]) == ("corrections", 6)
    assert corrections["after"] > corrections["before"]
    assert result["n_better"] >= corrections["after"] - corrections["before"]
    first = result["examples"][0]
    assert first["kind"] == "better" and first["after"] == first["text"] in TEXTS
    assert client.get(first["crop"]).headers["content-type"] == "image/png"
    assert not result["is_active"]

    path = f"/v1/models/{result['model']}/activate"
    activated = client.post(path, json={"anyway": True}).json()
    assert activated["training"]["result"]["is_active"]
    assert [each["kind"] for each in activated["activated"]] == ["lines"]
    assert "7" in client.post("/v1/read", content=picture).json()["pages"][0]["text"]
    assert client.post(path).is_success  # again: nothing changes
    back = client.post("/v1/models/rollback", json={"script": "latin", "kind": "lines"}).json()
    assert not back["training"]["result"]["is_active"]
    assert "7" not in client.post("/v1/read", content=picture).json()["pages"][0]["text"]
    check_worse_model_needs_a_confirmation(client, path)
    assert client.delete("/v1/training").status_code == 204
    assert client.get("/v1/training").json()["training"] is None
    failure_of(client.post(path), 404)


def test_digits_of_examples_are_shown_until_their_reading_is_deleted(start_service):
    client = start_service()
    service = client.app.state.numerals.training
    job = service._make_job(service.scripts()[0])
    example = {"set": "corrections", "kind": "better", "text": "7", "before": "1", "after": "7"}
    examples = [{**example, "line_id": 1, "position": 0, "picture": None}]
    service.folder.make()
    service.folder.write_job(job)
    service.folder.write_progress(TrainingProgress("done"))
    service.folder.model.write_bytes(b"")
    result = {"examples": examples, "sha256": "0" * 64, "parent_sha256": "1" * 64}
    service.folder.write_result(result)

    def shown():
        return client.get("/v1/training").json()["training"]["result"]["examples"][0]

    assert shown()["picture"].startswith("data:image/png") and shown()["crop"] is None
    delete_readings(service.store, Selection(ids=[1]))
    assert shown()["picture"] is None and shown()["crop"] is None


def check_worse_model_needs_a_confirmation(client, path):
    """Not a test of its own: another training would take long."""
    client.post("/v1/models/rollback")  # to the shipped model, which reads 7
    shipped = line_model_path("latin")
    described = client.get("/v1/training").json()["training"]["result"]
    assert not described["is_comparison_current"]
    # Compared again, with the shipped model: the trained one reads composed lines worse.
    service = client.app.state.numerals.training
    stored = service.folder.read_result()
    worse = [
        {**each, "before": each["count"], "after": 0, "p_value": 0.0} for each in stored["sets"]
    ]
    sha256 = numerals.training.finetuning.file_sha256(shipped)
    service.folder.write_result({**stored, "sets": worse, "parent_sha256": sha256})
    refused = client.post(path)
    assert "worse than the active model on corrections" in failure_of(refused, 409)
    assert refused.json()["error"]["code"] == "worse_model"
    assert line_model_path("latin") == shipped
    assert client.post(path, json={"anyway": True}).is_success
    assert line_model_path("latin") != shipped


def test_cancelled_training_is_continued_from_its_checkpoint(start_service, url):
    client = start_service(MINUTES)
    client.post("/v1/training")
    running = wait_for(client, lambda training: training["epochs_done"] >= 1)
    assert running["stage"] == "training" and 0 < running["progress"] < 1
    assert running["seconds_left"] > 0
    stopped = client.post("/v1/training/cancel").json()["training"]
    assert stopped["state"] == "stopped" and stopped["epochs_done"] >= 1
    assert "no training" in failure_of(client.post("/v1/training/cancel"), 409)
    store = open_store(url)
    ReviewQueue(store).undo(1, "ann")  # the checkpoints are of other lines now: from the start
    ReviewQueue(store).answer(1, TEXTS[0], "ann")
    store.close()
    another = start_service(MINUTES)  # as after a restart
    assert another.get("/v1/training").json()["training"]["state"] == "stopped"
    another.post("/v1/training/continue")
    continued = wait_for(another, lambda t: t["epochs_done"] > stopped["epochs_done"])
    assert continued["epochs_done"] <= stopped["epochs_done"] + 2
    assert client.get("/v1/training").json()["training"]["state"] == "running"
    assert "another service" in failure_of(client.post("/v1/training/cancel"), 409)
    assert another.post("/v1/training/cancel").is_success


def test_what_is_missing_is_named(start_service, monkeypatch, tmp_path):
    client = start_service()
    find_spec = "numerals.web.training.trainable_scripts.find_spec"
    with monkeypatch.context() as patch:
        patch.setattr(find_spec, lambda name: None)
        (obstacle,) = client.get("/v1/training").json()["scripts"][0]["obstacles"]
        assert obstacle["command"] == "pip install 'numerals[lab]'"
        assert "numerals[lab]" in failure_of(client.post("/v1/training"), 422)
    with monkeypatch.context() as patch:
        patch.setenv("NUMERALS_DATA", str(tmp_path / "nothing"))
        (obstacle,) = client.get("/v1/training").json()["scripts"][0]["obstacles"]
        assert obstacle["command"] == "numerals data fetch qmnist"
    for line in range(1, 16):
        client.post(f"/v1/review/{line}/undo")
    (obstacle,) = client.get("/v1/training").json()["scripts"][0]["obstacles"]
    assert obstacle["code"] == "review" and "5 more numbers" in obstacle["message"]
    assert client.get("/v1/training").json()["training"] is None


def test_page_and_data_list_count_the_same_lines(start_service, url):
    from numerals.data import find_data_set

    script = start_service().get("/v1/training").json()["scripts"][0]
    store = open_store(url)
    counted = count_lines(store, "latin")
    store.close()
    assert counted == {"train": script["reviewed"] - script["held_out"], "test": script["held_out"]}
    assert find_data_set("corrections").sizes == counted


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("post", "/v1/training", {"script": "../etc"}, 422),
        ("post", "/v1/training", {"script": "klingon"}, 422),
        ("post", "/v1/training", {"script": ["latin"]}, 422),
        ("post", "/v1/training", {"recipe": "page"}, 422),
        ("post", "/v1/training/continue", None, 409),
        ("post", "/v1/training/cancel", None, 409),
        ("post", "/v1/models/latin-line-000000000000/activate", {"anyway": True}, 404),
        ("post", "/v1/models/%2e%2e%2fmodel/activate", {}, 404),
        ("post", "/v1/models/rollback", {"script": "latin", "kind": "pages"}, 422),
        ("post", "/v1/models/rollback", {"script": "kannada", "kind": "lines"}, 422),
    ],
)
def test_invalid_requests_are_client_errors(client, method, path, body, status):
    failure_of(getattr(client, method)(path, json=body), status)


def test_service_without_store_or_token_does_not_train(serve):
    failure_of(serve(store=None).get("/v1/training"), 404)
    guarded = serve(token="secret")
    for call in (guarded.get, guarded.post, guarded.delete):
        failure_of(call("/v1/training"), 401)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"recipe": 3}', b"\xff" * 10])
def test_damaged_files_of_a_training_are_no_training(serve, content):
    client = serve()
    folder = client.app.state.numerals.training.folder
    folder.make()
    for name in ("job.json", "progress.json", "result.json", "speed.json"):
        (folder.path / name).write_bytes(content)
    assert client.get("/v1/training").json()["training"] is None
    failure_of(client.post("/v1/training/continue"), 409)
    assert client.delete("/v1/training").status_code == 204
