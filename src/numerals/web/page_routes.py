"""The page and its files; health and metrics."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from numerals.web.preload import preload_once
from numerals.web.state import state_of

ROUTES = APIRouter()
PAGE = Path(__file__).parent / "page"

# Not from the system's table, which may call scripts something that browsers then refuse.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}


class PageFiles(StaticFiles):
    """The page's files, with the types that browsers expect."""

    def file_response(self, full_path, stat_result, scope, status_code=200):  # type: ignore[no-untyped-def]
        """Answer a file."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        kind = _TYPES.get(Path(full_path).suffix)
        if kind and "content-type" in response.headers:
            response.headers["content-type"] = kind
        return response


@ROUTES.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
async def index(request: Request) -> Response:
    """Answer the page."""
    path = PAGE / "index.html"
    if not path.is_file():
        raise HTTPException(404, "the page is not installed; the API is at /v1, see /openapi.json")
    preload_once(state_of(request))
    return FileResponse(path, media_type=_TYPES[".html"])


@ROUTES.get("/favicon.ico", include_in_schema=False)
async def favicon() -> Response:
    """Answer the page's icon, which browsers ask for here."""
    path = PAGE / "icon.svg"
    if not path.is_file():
        raise HTTPException(404, "there is no icon")
    return FileResponse(path, media_type=_TYPES[".svg"])


@ROUTES.get("/healthz", tags=["service"], summary="Whether the service works")
async def health(request: Request) -> dict[str, str]:
    """Answer ok, or 503 if the store does not answer."""
    probe = state_of(request).probe
    if probe is not None:
        await probe.check()
    return {"status": "ok"}


@ROUTES.get(
    "/metrics",
    tags=["service"],
    summary="Counters for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
async def metrics(request: Request) -> Response:
    """Answer requests, latency, queue length, and what was read."""
    state = state_of(request)
    state.metrics.waiting.set(state.queue.n_waiting)
    return Response(state.metrics.to_text(), media_type="text/plain; version=0.0.4; charset=utf-8")
