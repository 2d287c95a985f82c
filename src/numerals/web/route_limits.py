"""Limits of each route, in one table that the service, OpenAPI and the documentation use."""

from dataclasses import dataclass
from typing import Any, Literal

from starlette.routing import compile_path

from numerals.images.limits import MIB
from numerals.web.settings import Settings

KIB = 1024
QueueName = Literal["read", "explore", "files", "pictures", "quick"]

SMALL_BODY = 8 * KIB
"""Bytes; fits a text of 200 characters and a name of 100, all as JSON's longest escapes."""
DIGIT_JSON = 512 * KIB
"""Bytes; fits one digit of 256x256 pixels as JSON."""
DIGITS_JSON = 4 * MIB
"""Bytes; fits 1,000 digits of 28x28 pixels as JSON."""
TEMPLATE_JSON = MIB
"""Bytes; fits a template of 1,000 fields, and a list of 10,000 values."""
ANSWERS_JSON = 256 * KIB
"""Bytes; fits 100 answers of the review."""
MIN_BODY_RATE = 16 * KIB
"""Bytes per second at which a body must arrive after `Settings.receive_timeout`."""
N_QUICK_THREADS = 8
"""Number of requests to the store and of listings that are handled at the same time."""
QUICK_WAIT = 3.0
"""Seconds that such a request waits for its turn."""
STORE_WAIT = 3.0
"""Seconds that a request waits for a store that another process has locked."""
EXPLORE_TIMEOUT = 300.0
"""Seconds for a request of the queue "explore"; its results are cached."""
FILES_TIMEOUT = 600.0
"""Seconds for a request that adds or deletes files of batches, or exports a batch."""
MAX_FILES_WAITING = 14
"""Maximum number of such requests that wait for a thread."""
N_FILES_THREADS = 2
"""Number of such requests, and of pages of batches rendered, at the same time."""


@dataclass(frozen=True)
class RouteLimits:
    """The limits of one route.

    Attributes
    ----------
    methods : tuple of str
    path : str
        As in FastAPI, such as ``/v1/data/{name}/digits``.
    queue : {"read", "explore", "files", "pictures", "quick"} or None
        The queue in which a request has a place from before its body is received until its
        response starts. None for requests that are answered from memory.
    json_body : int, bytes
        Maximum size of a JSON body.
    has_pictures : bool
        Whether other bodies may have `Settings.max_body` bytes instead of `json_body`.
    has_files : bool
        Whether other bodies may have `Settings.max_upload` bytes; they are written to disk.
    """

    methods: tuple[str, ...]
    path: str
    queue: QueueName | None
    json_body: int = SMALL_BODY
    has_pictures: bool = False
    has_files: bool = False

    def max_body(self, media_type: str, settings: Settings) -> int:
        """Return the maximum size of a body of some media type, bytes."""
        if self.has_files and media_type != "application/json":
            return settings.max_upload
        if self.has_pictures and media_type != "application/json":
            return settings.max_body
        return min(self.json_body, settings.max_body)

    def max_seconds(self, settings: Settings) -> float:
        """Return the maximum time from taking a place in the queue to the response, seconds."""
        if self.queue == "explore":
            return max(settings.timeout, EXPLORE_TIMEOUT)
        if self.queue == "files":
            return max(settings.timeout, FILES_TIMEOUT)
        return QUICK_WAIT + STORE_WAIT if self.queue == "quick" else settings.timeout


_GET = ("GET", "HEAD")
LIMITS = (
    RouteLimits(("POST",), "/v1/read", "read", SMALL_BODY, has_pictures=True),
    RouteLimits(("POST",), "/v1/digits", "read", DIGITS_JSON, has_pictures=True),
    RouteLimits(("POST",), "/v1/similar", "read", DIGIT_JSON, has_pictures=True),
    RouteLimits(("POST",), "/v1/explain", "read", DIGIT_JSON, has_pictures=True),
    RouteLimits(("POST",), "/v1/explain/picture", "read", SMALL_BODY, has_pictures=True),
    RouteLimits(("POST",), "/v1/batches", "files"),
    RouteLimits(("POST",), "/v1/batches/{id}/items", "files", SMALL_BODY, has_files=True),
    RouteLimits(("POST",), "/v1/batches/{id}/read-again", "files"),
    RouteLimits(("DELETE",), "/v1/batches/{id}", "files"),
    RouteLimits(("DELETE",), "/v1/batches/{id}/pictures", "files"),
    RouteLimits(_GET, "/v1/batches/{id}/export", "files"),
    RouteLimits(_GET, "/v1/batches/{id}/items/{item}/thumbnail", "pictures"),
    RouteLimits(_GET, "/v1/batches/{id}/items/{item}/pages/{page}/picture", "pictures"),
    RouteLimits(_GET, "/v1/review/{id}/page-picture", "pictures"),
    RouteLimits(("POST",), "/v1/review/answers", "quick", ANSWERS_JSON),
    RouteLimits(("POST",), "/v1/review/undo", "quick", ANSWERS_JSON),
    RouteLimits(("POST",), "/v1/templates/detect", "read", SMALL_BODY, has_pictures=True),
    RouteLimits(("POST",), "/v1/templates/{name}/try", "read", SMALL_BODY, has_pictures=True),
    RouteLimits(("PUT",), "/v1/templates/{name}", "read", TEMPLATE_JSON),
    RouteLimits(("POST",), "/class/drawings", "read", DIGIT_JSON),
    RouteLimits(("POST",), "/class/join", "quick"),
    RouteLimits(_GET, "/v1/class/comparison", "explore"),
    RouteLimits(_GET, "/v1/data", "explore"),
    RouteLimits(_GET, "/v1/data/{name}/digits", "explore"),
    RouteLimits(("POST",), "/v1/models/{name}/activate", "explore"),
    RouteLimits(_GET, "/v1/models/{name}/confusion", "explore"),
    RouteLimits(_GET, "/v1/models/{name}/confusion/{truth}/{answer}", "explore"),
)
"""The routes that take more than a few kB or milliseconds; `find_limits` covers the others."""

_API = RouteLimits(("*",), "/v1/{path:path}", "quick")
_PAGE = RouteLimits(("*",), "/{path:path}", None)
_PATTERNS = [(limits, compile_path(limits.path)[0]) for limits in LIMITS]


def find_limits(method: str, path: str) -> RouteLimits:
    """Return the limits of a request, whether or not its route exists."""
    for limits, pattern in _PATTERNS:
        if method in limits.methods and pattern.match(path):
            return limits
    return _API if path.startswith("/v1/") else _PAGE


def describe_limits(schema: dict[str, Any], settings: Settings) -> None:
    """Add the limits of each route to an OpenAPI document, as ``x-limits``."""
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            limits = find_limits(method.upper(), path)
            description: dict[str, Any] = {
                "max_json_bytes": limits.max_body("application/json", settings)
            }
            if limits.has_pictures or limits.has_files:
                description["max_picture_bytes"] = limits.max_body("", settings)
            if limits.queue:
                description["queue"] = limits.queue
                description["max_seconds"] = limits.max_seconds(settings)
            operation["x-limits"] = description


def format_size(n_bytes: int) -> str:
    """Return a number of bytes as text, in KiB or MiB.

    Examples
    --------
    >>> format_size(8192), format_size(32 * 1024 * 1024), format_size(20_000)
    ('8 KiB', '32 MiB', '19.5 KiB')
    """
    unit, name = (MIB, "MiB") if n_bytes >= MIB else (KIB, "KiB")
    return f"{n_bytes / unit:,.3g} {name}"
