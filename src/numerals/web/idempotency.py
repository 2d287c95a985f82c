"""The header ``Idempotency-Key``: a request that is sent again is answered again, stored once."""

import hashlib
import json
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from numerals.store import KeyedRequest
from numerals.store.keyed_requests import KEY_DAYS

HEADER = "Idempotency-Key"
_LONGEST = 200

KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": _LONGEST},
    "description": "A text of your own, new for each request, such as a UUID: the same request "
    f"under the same key within {24 * KEY_DAYS} hours gets the same answer and is stored once.",
}
"""The header, for OpenAPI."""


async def request_key(request: Request) -> str | None:
    """Return the key that a request carries.

    Raises
    ------
    HTTPException
        422 for one that is too long, or not of printable ASCII characters.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    key = key.strip()
    if not 0 < len(key) <= _LONGEST or not (key.isascii() and key.isprintable()):
        raise HTTPException(
            422, f"{HEADER}: expected 1 to {_LONGEST} printable ASCII characters, such as a UUID"
        )
    return key


Key = Annotated[str | None, Depends(request_key)]


def keyed(request: Request, key: str | None, body: Any) -> KeyedRequest | None:
    """Return a request as the store knows it again; None without a key.

    Parameters
    ----------
    request : Request
    key : str, optional
    body : bytes, or plain values
        All that was sent.
    """
    if key is None:
        return None
    content = body if isinstance(body, bytes) else json.dumps(body, sort_keys=True).encode()
    # Not request.url, which is made of the client's Host as well, and fails for a malformed one.
    asked = f"{request.method} {request.scope['path']}?".encode() + request.scope["query_string"]
    content = b"\n" + content
    return KeyedRequest(key, hashlib.sha256(asked + content).hexdigest())
