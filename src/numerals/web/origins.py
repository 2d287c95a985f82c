"""Which pages may use the service in a browser: its own, and those of origins that are allowed."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from numerals.web.error_responses import failure

_DEFAULT_PORTS = {"http": 80, "https": 443}


def parse_origin(text: str) -> str:
    """Return an origin as browsers write it: scheme, host, and the port unless it is the usual.

    Raises
    ------
    ValueError
        If it is none, or stands for more than one.

    Examples
    --------
    >>> parse_origin("HTTPS://Example.org:443/")
    'https://example.org'
    """
    parts = urlsplit(text.strip())
    scheme, host, port = parts.scheme, parts.hostname, parts.port
    if scheme not in _DEFAULT_PORTS or not host or "*" in host or not host.isascii():
        raise ValueError("expected one such as https://example.org or http://localhost:3000")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("an origin ends with its host and port")
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + (
        f":{port}" if port not in (None, _DEFAULT_PORTS[scheme]) else ""
    )


def is_own_origin(origin: str, host: str) -> bool:
    """Whether an ``Origin`` header names the service itself, which a client called `host`."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:  # http://[
        return False


class AllowedOrigins(CORSMiddleware):
    """Middleware: tells browsers that pages of some origins may use the API.

    No credentials are meant by that: such a page sends the token itself, if there is one.
    """

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        super().__init__(
            app,
            allow_origins=tuple(origins),
            allow_methods=("GET", "HEAD", "POST"),
            allow_headers=("Authorization", "Content-Type", "Idempotency-Key"),
            expose_headers=("Retry-After",),
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """Return the answer to a browser that asks what it may send."""
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        kept = {
            k: v for k, v in response.headers.items() if k not in ("content-length", "content-type")
        }
        return failure(403, f"{bytes(response.body).decode()}; see --allow-origin", kept)
