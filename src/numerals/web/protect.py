"""What stands before every route: who may ask, how much they may send, what browsers may do."""

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from numerals.web.failures import failure
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


class Protection:
    """Middleware: hosts, origins, token, size of the body, headers of the answer.

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
        await self._app(scope, _bounded(receive, self._settings.max_body), send)

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
        if origin and scope["method"] not in ("GET", "HEAD") and urlsplit(origin).netloc != host:
            return failure(403, "pages from elsewhere may not use this service")
        path = scope["path"]
        if path == "/v1" or path.startswith("/v1/"):
            refused = self._check_token(headers)
            if refused is not None:
                return refused
        length = headers.get("content-length", "0")
        if length.isascii() and length.isdigit() and int(length[:18]) > self._settings.max_body:
            return _too_large(self._settings.max_body)
        return None

    def _check_token(self, headers: Headers) -> ASGIApp | None:
        token = self._settings.token
        if token is None:
            return None
        scheme, _, given = headers.get("authorization", "").partition(" ")
        # Compared in the same time wherever the first difference is.
        # Headers come as Latin-1 for their bytes, which clients write as UTF-8.
        is_right = hmac.compare_digest(given.strip().encode("latin-1"), token.encode("utf-8"))
        if scheme.lower() == "bearer" and is_right:
            return None
        return failure(
            401,
            "this service needs an access token: Authorization: Bearer TOKEN",
            {"WWW-Authenticate": 'Bearer realm="numerals"'},
        )


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


def _bounded(receive: Receive, max_body: int) -> Receive:
    """Count the body as it comes in; the app sees a failure once it is too much."""
    received = 0

    async def receive_bounded() -> Message:
        nonlocal received
        message = await receive()
        if message["type"] == "http.request":
            received += len(message.get("body", b""))
            if received > max_body:
                raise HTTPException(413, _too_large_message(max_body))
        return message

    return receive_bounded


def _too_large(max_body: int) -> ASGIApp:
    return failure(413, _too_large_message(max_body), {"Connection": "close"})


def _too_large_message(max_body: int) -> str:
    return f"more than {max_body / 2**20:,.3g} MiB are not taken; save it smaller, or split it"
