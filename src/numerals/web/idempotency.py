"""The ``Idempotency-Key`` header: a repeated request gets the same response and is stored once."""

import hashlib
import json
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from numerals.store import KeyedRequest
from numerals.store.keyed_requests import KEY_DAYS

HEADER = "Idempotency-Key"
_MAX_KEY_LENGTH = 200  # characters

KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": _MAX_KEY_LENGTH},
    "description": "A unique text for each new request, such as a UUID. If the same request is "
    f"sent again with the same key within {24 * KEY_DAYS} hours, it gets the same response and is "
    "stored only once.",
}
"""The header's OpenAPI description."""


async def request_key(request: Request) -> str | None:
    """Return the idempotency key of a request, if any.

    Raises
    ------
    HTTPException
        422 if the key is empty, too long, or not printable ASCII.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    key = key.strip()
    if not 0 < len(key) <= _MAX_KEY_LENGTH or not (key.isascii() and key.isprintable()):
        raise HTTPException(
            422,
            f"{HEADER}: expected 1 to {_MAX_KEY_LENGTH} printable ASCII characters, such as a UUID",
        )
    return key


Key = Annotated[str | None, Depends(request_key)]


def make_keyed_request(request: Request, key: str | None, body: Any) -> KeyedRequest | None:
    """Return the key and the content hash of a request; None without a key.

    Parameters
    ----------
    request : Request
    key : str, optional
    body : bytes or JSON-serializable
        The content of the request.
    """
    if key is None:
        return None
    content = body if isinstance(body, bytes) else json.dumps(body, sort_keys=True).encode()
    # request.url would include the client's Host header, and raise if that is malformed.
    target = f"{request.method} {request.scope['path']}?".encode() + request.scope["query_string"]
    return KeyedRequest(key, hashlib.sha256(target + b"\n" + content).hexdigest())
