"""Route -> its limits: the one table, which the service applies and OpenAPI and the docs show."""

from dataclasses import dataclass
from typing import Any, Literal

from starlette.routing import compile_path

from numerals.web.settings import MIB, Settings

KIB = 1024
QueueName = Literal["read", "explore", "quick"]

SMALL_BODY = 8 * KIB
"""An answer of 200 characters and a name of 100, each written as JSON's longest escape, fit."""
DIGIT_JSON = 512 * KIB
"""One digit of 256x256 pixels as JSON fits."""
DIGITS_JSON = 4 * MIB
"""1,000 digits of 28x28 pixels as JSON fit."""
MIN_RATE = 16 * KIB
"""Bytes a second at which a body must arrive once `Settings.receive_timeout` is over."""
QUICK_AT_ONCE = 8
"""Requests that the store and the listings answer at the same time."""
QUICK_WAIT = 3.0
"""Seconds that a request waits for its turn among these."""
STORE_WAIT = 3.0
"""Seconds that a request waits for a store which another process has locked."""


EXPLORE_TIMEOUT = 300.0
"""Seconds: what is computed once for all may take longer than a picture."""


@dataclass(frozen=True)
class RouteLimits:
    """What one route admits.

    Attributes
    ----------
    methods : tuple of str
    path : str
        As in FastAPI, such as ``/v1/data/{name}/digits``.
    queue : {"read", "explore", "quick"} or None
        In which queue a request has a place from before its body is read until its answer begins.
        None for what is answered at once, from memory.
    json_body : int, bytes
        Of a body that is JSON.
    has_pictures : bool
        Whether other bodies may be as large as `Settings.max_body`; they are `json_body` otherwise.
    """

    methods: tuple[str, ...]
    path: str
    queue: QueueName | None
    json_body: int = SMALL_BODY
    has_pictures: bool = False

    def max_body(self, kind: str, settings: Settings) -> int:
        """Return how many bytes a body of some media type may have."""
        if self.has_pictures and kind != "application/json":
            return settings.max_body
        return min(self.json_body, settings.max_body)

    def max_seconds(self, settings: Settings) -> float:
        """Return how many seconds a request may take, from its place in the queue on."""
        if self.queue == "explore":
            return max(settings.timeout, EXPLORE_TIMEOUT)
        return QUICK_WAIT + STORE_WAIT if self.queue == "quick" else settings.timeout


_GET = ("GET", "HEAD")
LIMITS = (
    RouteLimits(("POST",), "/v1/read", "read", SMALL_BODY, has_pictures=True),
    RouteLimits(("POST",), "/v1/digits", "read", DIGITS_JSON, has_pictures=True),
    RouteLimits(("POST",), "/v1/similar", "read", DIGIT_JSON, has_pictures=True),
    RouteLimits(("POST",), "/v1/explain", "read", DIGIT_JSON, has_pictures=True),
    RouteLimits(_GET, "/v1/data", "explore"),
    RouteLimits(_GET, "/v1/data/{name}/digits", "explore"),
    RouteLimits(_GET, "/v1/models/{name}/confusion", "explore"),
    RouteLimits(_GET, "/v1/models/{name}/confusion/{truth}/{answer}", "explore"),
)
"""The routes that need more than a few kB or milliseconds; `limits_of` knows those of the rest."""

_API = RouteLimits(("*",), "/v1/{path:path}", "quick")
_PAGE = RouteLimits(("*",), "/{path:path}", None)
_PATTERNS = [(each, compile_path(each.path)[0]) for each in LIMITS]


def limits_of(method: str, path: str) -> RouteLimits:
    """Return the limits of a request, whether or not there is such a route."""
    for limits, pattern in _PATTERNS:
        if method in limits.methods and pattern.match(path):
            return limits
    return _API if path.startswith("/v1/") else _PAGE


def describe_limits(schema: dict[str, Any], settings: Settings) -> None:
    """Add the limits of each route to an OpenAPI document, as ``x-limits``."""
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            limits = limits_of(method.upper(), path)
            told: dict[str, Any] = {"max_json_bytes": limits.max_body("application/json", settings)}
            if limits.has_pictures:
                told["max_picture_bytes"] = limits.max_body("", settings)
            if limits.queue:
                told |= {"queue": limits.queue, "max_seconds": limits.max_seconds(settings)}
            operation["x-limits"] = told


def size(n_bytes: int) -> str:
    """Return a number of bytes as people write it.

    Examples
    --------
    >>> size(8192), size(32 * 1024 * 1024), size(20_000)
    ('8 KiB', '32 MiB', '19.5 KiB')
    """
    unit, name = (MIB, "MiB") if n_bytes >= MIB else (KIB, "KiB")
    return f"{n_bytes / unit:,.3g} {name}"
