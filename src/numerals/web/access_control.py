"""What stands before every route: who may ask, and what browsers may do."""

import hmac

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from numerals.web.error_responses import failure
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
    """Middleware: hosts, origins, token, headers of the answer.

    Parameters
    ----------
    app : ASGI application
    settings : Settings
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._hosts = {host.lower() for host in settings.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the app answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = _with_headers(send, scope["path"])
        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts and _name(host) not in self._hosts:
            known = ", ".join(self._settings.hosts)
            return failure(
                403,
                f"this service does not go by the name {_name(host)!r}, but by {known}; "
                "start it with --allow-host for another",
            )
        origin = headers.get("origin")
        # A page from elsewhere may not make a browser send something here.
        if origin and scope["method"] not in ("GET", "HEAD") and not self._admits(origin, host):
            return failure(
                403,
                "pages from elsewhere may not use this service; start it with --allow-origin for "
                "one that may",
            )
        path = scope["path"]
        is_api = path == "/v1" or path.startswith("/v1/")
        return self._check_token(headers) if is_api else None

    def _admits(self, origin: str, host: str) -> bool:
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
        # Compared in the same time wherever the first difference is.
        # Headers come as Latin-1 for their bytes, which clients write as UTF-8.
        if hmac.compare_digest(given.strip().encode("latin-1"), token.strip().encode("utf-8")):
            return None
        return _unauthorized(
            "the access token is wrong: it is not the one that the service was started with "
            "(--token, or NUMERALS_TOKEN)",
            ', error="invalid_token"',
        )


def _unauthorized(message: str, error: str) -> ASGIApp:
    return failure(401, message, {"WWW-Authenticate": f'Bearer realm="numerals"{error}'})


def _name(host: str) -> str:
    """Return a host's name without its port, in small letters."""
    host = host.lower()
    return host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]


def _with_headers(send: Send, path: str) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            # What was read is private; the page's files are asked for anew, but not sent anew.
            keep = "no-cache" if path == "/" or path.startswith("/static/") else "no-store"
            headers.setdefault("Cache-Control", keep)
        await send(message)

    return send_with_headers
