"""Origins: which web pages may call the API from a browser (CORS)."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from numerals.web.error_responses import error_response

_DEFAULT_PORTS = {"http": 80, "https": 443}


def parse_origin(text: str) -> str:
    """Return an origin as browsers write it: scheme, host, and the port unless it is the default.

    Raises
    ------
    ValueError
        If the text is not a single origin.

    Examples
    --------
    >>> parse_origin("HTTPS://Example.org:443/")
    'https://example.org'
    """
    parts = urlsplit(text.strip())
    scheme, host, port = parts.scheme, parts.hostname, parts.port
    if scheme not in _DEFAULT_PORTS or not host or "*" in host or not host.isascii():
        raise ValueError("expected an origin such as https://example.org or http://localhost:3000")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("expected only scheme, host and port, such as https://example.org")
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + (
        f":{port}" if port not in (None, _DEFAULT_PORTS[scheme]) else ""
    )


def is_own_origin(origin: str, host: str) -> bool:
    """Return whether an ``Origin`` header names the service itself, requested as `host`."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:  # such as http://[
        return False


class AllowedOrigins(CORSMiddleware):
    """Middleware that allows pages of some origins to call the API.

    Credentials (cookies) are not allowed: such a page sends the access token itself.

    Parameters
    ----------
    app : ASGI application
    origins : iterable of str
        As `parse_origin` returns them.
    """

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        super().__init__(
            app,
            allow_origins=tuple(origins),
            allow_methods=("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "Idempotency-Key"),
            expose_headers=("Retry-After",),
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """Return the response to a browser's preflight request."""
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        headers = {
            k: v for k, v in response.headers.items() if k not in ("content-length", "content-type")
        }
        return error_response(403, f"{bytes(response.body).decode()}; see --allow-origin", headers)
