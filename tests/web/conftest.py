"""Fixtures: an in-process service with its own store and small data sets."""

import pytest

pytest.importorskip("fastapi", reason="needs numerals[web]")
pytest.importorskip("sqlalchemy", reason="needs numerals[web]")
testclient = pytest.importorskip("starlette.testclient", reason="needs httpx")

from served import encoded, write_small_mnist

from numerals.web import Settings, create_app


@pytest.fixture(scope="module")
def module_patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def home(tmp_path_factory, module_patch):
    """Return a folder with the user data and the data sets of a service."""
    folder = tmp_path_factory.mktemp("home")
    write_small_mnist(folder)
    module_patch.setenv("NUMERALS_DATA", str(folder))
    module_patch.setenv("NUMERALS_HOME", str(folder))
    module_patch.setattr("numerals.data.fetch.cache_folder", lambda: folder / "cache")
    return folder


@pytest.fixture(scope="module")
def serve(tmp_path_factory, home):
    """Return a function that starts a service with some settings and returns a client."""
    clients = []

    def start(**settings):
        store = f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}"
        app = create_app(Settings(**{"store": store, "n_threads": 2} | settings))
        # Unexpected exceptions propagate to the test, instead of becoming status 500.
        client = testclient.TestClient(app, raise_server_exceptions=True)
        clients.append(client)
        return client.__enter__()

    yield start
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture(scope="module")
def client(serve):
    return serve()


@pytest.fixture(scope="module")
def picture():
    return encoded("417")
