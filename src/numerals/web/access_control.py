"""Middleware that checks host, origin and access token, and adds security headers."""

import hmac

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from numerals.web.error_responses import error_response
from numerals.web.origins import is_own_origin
from numerals.web.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
}


class AccessControl:
    """Middleware that rejects unknown hosts, foreign origins and wrong tokens.

    Parameters
    ----------
    app : ASGI application
    settings : Settings
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._hosts = {host.lower() for host in settings.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request to the app, or respond with an error."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = _with_security_headers(send, scope["path"])
        rejection = self._rejection(scope)
        if rejection is not None:
            await rejection(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _rejection(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts and _host_name(host) not in self._hosts:
            known = ", ".join(self._settings.hosts)
            return error_response(
                403,
                f"the host name {_host_name(host)!r} is not allowed, only {known}; start the "
                "service with --allow-host to add one",
            )
        origin = headers.get("origin")
        # Other web pages must not make a browser send requests to this service.
        if origin and scope["method"] not in ("GET", "HEAD") and not self._is_allowed(origin, host):
            return error_response(
                403,
                "pages of other origins are not allowed to use this service; start it with "
                "--allow-origin to allow one",
            )
        path = scope["path"]
        is_api = path == "/v1" or path.startswith("/v1/")
        return self._check_token(headers) if is_api else None

    def _is_allowed(self, origin: str, host: str) -> bool:
        return origin in self._settings.origins or is_own_origin(origin, host)

    def _check_token(self, headers: Headers) -> ASGIApp | None:
        token = self._settings.token
        if token is None:
            return None
        scheme, _, given = headers.get("authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return _unauthorized(
                "this service needs an access token: Authorization: Bearer TOKEN", ""
            )
        # compare_digest takes the same time wherever the first difference is.
        # Starlette decodes header bytes as Latin-1; clients encode them as UTF-8.
        if hmac.compare_digest(given.strip().encode("latin-1"), token.strip().encode("utf-8")):
            return None
        return _unauthorized(
            "the access token is wrong; send the token that the service was started with "
            "(--token or NUMERALS_TOKEN)",
            ', error="invalid_token"',
        )


def _unauthorized(message: str, error: str) -> ASGIApp:
    return error_response(401, message, {"WWW-Authenticate": f'Bearer realm="numerals"{error}'})


def _host_name(host: str) -> str:
    """Return a Host header in lowercase without its port."""
    host = host.lower()
    return host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]


def _with_security_headers(send: Send, path: str) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            # API responses are private. The page's files are revalidated, not downloaded again.
            cache = "no-cache" if path == "/" or path.startswith("/static/") else "no-store"
            headers.setdefault("Cache-Control", cache)
        await send(message)

    return send_with_headers
