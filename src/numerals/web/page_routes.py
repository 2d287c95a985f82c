"""Routes for the page and its files, the health check, and the metrics."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from numerals.errors import NumeralsError
from numerals.example_pictures import find_examples
from numerals.web.preload import preload_once
from numerals.web.state import state_of

ROUTES = APIRouter()
PAGE = Path(__file__).parent / "page"

# The system's table of media types may have one for scripts that browsers reject.
_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}


class PageFiles(StaticFiles):
    """The page's static files with the media types that browsers require."""

    def file_response(self, full_path, stat_result, scope, status_code=200):  # type: ignore[no-untyped-def]
        """Return the response for a file."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        media_type = _MEDIA_TYPES.get(Path(full_path).suffix)
        if media_type and "content-type" in response.headers:
            response.headers["content-type"] = media_type
        return response


def examples_folder() -> Path | None:
    """Return the folder of the example pictures, the samples of the page; None without them."""
    try:
        return find_examples()
    except NumeralsError:
        return None


@ROUTES.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
async def index(request: Request) -> Response:
    """Return the page."""
    path = PAGE / "index.html"
    if not path.is_file():
        raise HTTPException(404, "the page is not installed; the API is at /v1, see /openapi.json")
    preload_once(state_of(request))
    return FileResponse(path, media_type=_MEDIA_TYPES[".html"])


@ROUTES.get("/favicon.ico", include_in_schema=False)
async def favicon() -> Response:
    """Return the page's icon at the address that browsers request by default."""
    path = PAGE / "icon.svg"
    if not path.is_file():
        raise HTTPException(404, "the icon is not installed")
    return FileResponse(path, media_type=_MEDIA_TYPES[".svg"])


@ROUTES.get("/healthz", tags=["service"], summary="Check the health of the service")
async def health(request: Request) -> dict[str, str]:
    """Return ok, or 503 if the store does not respond."""
    probe = state_of(request).store_probe
    if probe is not None:
        await probe.check()
    return {"status": "ok"}


@ROUTES.get(
    "/metrics",
    tags=["service"],
    summary="Prometheus metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
async def metrics(request: Request) -> Response:
    """Return the number and duration of requests, the queue length, and the amount read."""
    state = state_of(request)
    state.metrics.waiting.set(state.read_queue.n_waiting)
    return Response(state.metrics.to_text(), media_type="text/plain; version=0.0.4; charset=utf-8")
