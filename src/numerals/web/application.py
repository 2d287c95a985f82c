"""Create the service as an ASGI application."""

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
from numerals.store import open_store
from numerals.store.lock_timeout import set_lock_timeout
from numerals.web import (
    audit_routes,
    class_routes,
    double_keying_routes,
    explain_picture_routes,
    explain_routes,
    explore_routes,
    layers_route,
    page_routes,
    reading_routes,
    review_group_routes,
    review_routes,
    template_routes,
)
from numerals.web.access_control import AccessControl
from numerals.web.admission import Admission
from numerals.web.audit_review import BlindReview
from numerals.web.background_task import BackgroundTask
from numerals.web.batches import (
    batch_routes,
    event_routes,
    item_routes,
    page_picture_routes,
    table_routes,
)
from numerals.web.batches.batch_service import BatchService, open_batches
from numerals.web.class_state import open_classroom
from numerals.web.error_responses import ErrorBody, add_error_handlers
from numerals.web.local_data_sets import LocalDataSets
from numerals.web.metrics import Metrics, MetricsMiddleware
from numerals.web.origins import AllowedOrigins
from numerals.web.reader_cache import ReaderCache
from numerals.web.route_limits import (
    EXPLORE_TIMEOUT,
    FILES_TIMEOUT,
    MAX_FILES_WAITING,
    N_FILES_THREADS,
    N_QUICK_THREADS,
    STORE_WAIT,
    describe_limits,
)
from numerals.web.settings import Settings
from numerals.web.state import State
from numerals.web.store_probe import StoreProbe
from numerals.web.training import training_routes
from numerals.web.training.training_service import open_training
from numerals.web.work_queue import WorkQueue

_LOG = logging.getLogger("numerals.web")
_DAY = 86_400  # seconds
SHUTDOWN_TIMEOUT = 5.0
"""Seconds that the service waits for working threads when it shuts down."""
_NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
# FastAPI 0.165 sends traces if environment variables enable it; older versions ignore this.
_ERROR_RESPONSES = {
    status: {"model": ErrorBody, "description": description}
    for status, description in (
        (400, "The body is malformed"),
        (401, "The access token is missing or wrong"),
        (403, "The host or the origin is not allowed"),
        (404, "Not found"),
        (405, "The method is not allowed"),
        (408, "The request took too long"),
        (409, "Nothing to undo, or another user has changed the line"),
        (413, "The request is too large"),
        (415, "The body is not a readable picture"),
        (422, "A value in the request is invalid"),
        (503, "The service is busy, or the store does not respond; try again later"),
    )
}


def create_app(settings: Settings | None = None) -> FastAPI:
    """Create a service.

    Parameters
    ----------
    settings : Settings, optional
        By default the service has no store and no token.

    Returns
    -------
    FastAPI
        Its ``state.numerals`` is a `State`.

    Raises
    ------
    ModelError
        If an activated model is missing.
    StoreError
        If the store cannot be opened.
    """
    settings = settings or Settings()
    state = _create_state(settings)
    app = FastAPI(
        title="numerals",
        version=__version__,
        summary="Reads handwritten numbers.",
        docs_url=None,  # FastAPI's documentation pages load scripts from other hosts
        redoc_url=None,
        redirect_slashes=False,  # redirects would repeat the client's Host header
        lifespan=_lifespan,
        telemetry=_NO_TELEMETRY,
        responses=_ERROR_RESPONSES,  # type: ignore[arg-type]
    )
    app.state.numerals = state
    add_error_handlers(app)
    app.include_router(layers_route.ROUTES)
    for module in (
        reading_routes,
        explain_routes,
        explain_picture_routes,
        double_keying_routes,  # before review_routes, whose {id} would match its fixed paths
        review_group_routes,
        review_routes,
        batch_routes,
        item_routes,
        table_routes,
        page_picture_routes,
        event_routes,
        explore_routes,
        template_routes,
        training_routes,
        page_routes,
    ):
        app.include_router(module.ROUTES)
    if state.classroom:
        app.include_router(class_routes.ROUTES)
    if examples := page_routes.examples_folder():
        files = page_routes.PageFiles(directory=examples, check_dir=False)
        app.mount("/static/examples", files, name="examples")
    if state.audit:
        app.include_router(audit_routes.ROUTES)
    page = page_routes.PageFiles(directory=page_routes.PAGE, check_dir=False)
    app.mount("/static", page, name="static")
    _describe_limits(app, settings)
    # The middleware added last handles a request first.
    app.add_middleware(Admission, settings=settings, queues=state.queues)
    app.add_middleware(AccessControl, settings=settings)
    if settings.origins:
        app.add_middleware(AllowedOrigins, origins=settings.origins)
    app.add_middleware(MetricsMiddleware, metrics=state.metrics)
    return app


def _create_state(settings: Settings) -> State:
    """Load the models, open the store, and create the queues."""
    readers = ReaderCache()
    # Load the models now, so that the first request does not wait for them.
    readers.reader(ReadOptions())
    readers.digit_model("latin")
    store = None
    if settings.store is not None:
        store = open_store(settings.store, keep=settings.keep, keep_days=settings.keep_days)
        set_lock_timeout(store.engine, STORE_WAIT)
    max_waiting, timeout = settings.max_waiting, settings.timeout
    metrics = Metrics()

    def count(n_pages: int, n_lines: int) -> None:
        metrics.read.labels("pages").inc(n_pages)
        metrics.read.labels("lines").inc(n_lines)

    return State(
        settings=settings,
        readers=readers,
        store=store,
        read_queue=WorkQueue(settings.n_threads, max_waiting, timeout),
        explore_queue=WorkQueue(1, max_waiting, max(timeout, EXPLORE_TIMEOUT)),
        files_queue=WorkQueue(N_FILES_THREADS, MAX_FILES_WAITING, max(timeout, FILES_TIMEOUT)),
        picture_queue=WorkQueue(N_FILES_THREADS, max_waiting, timeout),
        quick_queue=WorkQueue(N_QUICK_THREADS, max_waiting, timeout),
        store_probe=StoreProbe(store) if store else None,
        metrics=metrics,
        data_sets=LocalDataSets(),
        preload_task=BackgroundTask(),
        classroom=(
            open_classroom(settings.class_name, settings.class_address)
            if settings.class_name
            else None
        ),
        batches=open_batches(store, settings, count) if store else None,
        training=open_training(store, settings) if store else None,
        audit=BlindReview(settings.audit_run) if settings.audit_run else None,
    )


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
    pruning = asyncio.create_task(_prune_daily(state.batches)) if state.batches else None
    if state.batches:
        state.batches.start()
    yield
    if pruning:
        pruning.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pruning
    state.preload_task.cancel()
    deadline = monotonic() + SHUTDOWN_TIMEOUT
    if state.training:
        state.training.stop()
    if state.batches:
        state.batches.stop(SHUTDOWN_TIMEOUT)
    for queue in state.queues.values():
        queue.close(max(0.0, deadline - monotonic()))
    if state.store_probe:
        state.store_probe.close()
    if state.store:
        state.store.close()
    if state.classroom:
        state.classroom.journal.close()


async def _prune_daily(batches: BatchService) -> None:
    def prune() -> int:
        return batches.store.prune() + batches.files.prune()

    while True:
        try:
            removed = await run_in_threadpool(prune)
        except NumeralsError as error:
            _LOG.error("%s", printable(str(error)))
        else:
            if removed:
                _LOG.info("removed %d stored pictures older than --keep-days", removed)
        await asyncio.sleep(_DAY)
