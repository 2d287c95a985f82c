"""Settings -> the service, as an ASGI application."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from numerals import __version__
from numerals.errors import NumeralsError
from numerals.printable import printable
from numerals.reading import ReadOptions
from numerals.store import Store, open_store
from numerals.store.lock_timeout import limit_wait
from numerals.web import explain_routes, explore_routes, page_routes, reading_routes, review_routes
from numerals.web.access_control import AccessControl
from numerals.web.admission import Admission
from numerals.web.background_task import BackgroundTask
from numerals.web.error_responses import ErrorBody, add_error_handlers
from numerals.web.local_data_sets import LocalDataSets
from numerals.web.metrics import Metrics, MetricsMiddleware
from numerals.web.origins import AllowedOrigins
from numerals.web.reader_cache import ReaderCache
from numerals.web.route_limits import EXPLORE_TIMEOUT, QUICK_AT_ONCE, STORE_WAIT, describe_limits
from numerals.web.settings import Settings
from numerals.web.state import State
from numerals.web.store_probe import StoreProbe
from numerals.web.work_queue import WorkQueue

_LOG = logging.getLogger("numerals.web")
_DAY = 86_400  # seconds
END_TIMEOUT = 5.0
"""Seconds that the service waits for threads that still work when it ends."""
_NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
# FastAPI of 0.165 sends traces where environment variables ask for it; older ones ignore this.
_FAILURES = {
    status: {"model": ErrorBody, "description": what}
    for status, what in (
        (400, "The body cannot be read"),
        (401, "The access token is missing or wrong"),
        (403, "Asked from elsewhere"),
        (404, "There is no such thing"),
        (405, "The address does not take this method"),
        (408, "It took too long"),
        (409, "There is nothing to undo, or somebody else answered the line meanwhile"),
        (413, "Larger than is allowed"),
        (415, "Not a picture that can be read"),
        (422, "Something in the request makes no sense"),
        (503, "Too many requests wait, or the store does not answer; try again later"),
    )
}


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make a service.

    Parameters
    ----------
    settings : Settings, optional
        By default without a store and without a token.

    Raises
    ------
    ModelError
        If a model that was put to use is gone.
    StoreError
        If its store cannot be opened.
    """
    settings = settings or Settings()
    readers = ReaderCache()
    # The first request should not be the one that waits for the models.
    readers.reader(ReadOptions())
    readers.digit_model("latin")
    store = None
    if settings.store is not None:
        store = open_store(settings.store, keep=settings.keep, keep_days=settings.keep_days)
        limit_wait(store.engine, STORE_WAIT)
    state = State(
        settings,
        readers,
        store,
        WorkQueue(settings.n_threads, settings.n_waiting, settings.timeout),
        WorkQueue(1, settings.n_waiting, max(settings.timeout, EXPLORE_TIMEOUT)),
        WorkQueue(QUICK_AT_ONCE, settings.n_waiting, settings.timeout),
        StoreProbe(store) if store else None,
        Metrics(),
        LocalDataSets(),
        BackgroundTask(),
    )
    app = FastAPI(
        title="numerals",
        version=__version__,
        summary="Reads handwritten numbers.",
        docs_url=None,  # FastAPI's pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # nobody needs it, and it repeats the client's Host header
        lifespan=_lifespan,
        telemetry=_NO_TELEMETRY,
        responses=_FAILURES,  # type: ignore[arg-type]
    )
    app.state.numerals = state
    add_error_handlers(app)
    for module in (reading_routes, explain_routes, review_routes, explore_routes, page_routes):
        app.include_router(module.ROUTES)
    page = page_routes.PageFiles(directory=page_routes.PAGE, check_dir=False)
    app.mount("/static", page, name="static")
    _describe_limits(app, settings)
    # The last one added is the first to see a request.
    queues = {"read": state.queue, "explore": state.explore_queue, "quick": state.quick_queue}
    app.add_middleware(Admission, settings=settings, queues=queues)
    app.add_middleware(AccessControl, settings=settings)
    if settings.origins:
        app.add_middleware(AllowedOrigins, origins=settings.origins)
    app.add_middleware(MetricsMiddleware, metrics=state.metrics)
    return app


def _describe_limits(app: FastAPI, settings: Settings) -> None:
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        is_new = app.openapi_schema is None
        schema = generate()
        if is_new:
            describe_limits(schema, settings)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state: State = app.state.numerals
    pruning = asyncio.create_task(_prune_daily(state.store)) if state.store else None
    yield
    if pruning:
        pruning.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pruning
    state.warming.close()
    ends_at = monotonic() + END_TIMEOUT
    for queue in (state.queue, state.explore_queue, state.quick_queue):
        queue.close(max(0.0, ends_at - monotonic()))
    if state.probe:
        state.probe.close()
    if state.store:
        state.store.close()


async def _prune_daily(store: Store) -> None:
    while True:
        try:
            removed = await run_in_threadpool(store.prune)
        except NumeralsError as error:
            _LOG.error("%s", printable(str(error)))
        else:
            if removed:
                _LOG.info("removed %d pictures that were kept long enough", removed)
        await asyncio.sleep(_DAY)
