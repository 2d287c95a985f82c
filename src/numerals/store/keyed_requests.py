"""Idempotent requests: a client that repeats a request under its key gets the first response.

References
----------
The Idempotency-Key HTTP Header Field, draft-ietf-httpapi-idempotency-key-header-07.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from numerals.errors import KeyReusedError
from numerals.store.schema import REQUESTS
from numerals.store.timestamps import days_ago, now

KEY_DAYS = 1
"""Days after which a key and its response are removed."""


@dataclass(frozen=True)
class KeyedRequest:
    """A request with an idempotency key.

    Attributes
    ----------
    key : str
        At most 200 characters.
    fingerprint : str
        SHA-256 of the request's content, hexadecimal.
    """

    key: str
    fingerprint: str


def load_response(connection: Connection, request: KeyedRequest | None) -> str | None:
    """Return the saved response of a request, JSON; None if there is none.

    In a transaction that writes, the key is locked until the transaction ends: a concurrent request
    with the same key waits.

    Raises
    ------
    KeyReusedError
        If the key belongs to a request with other content.
    """
    if request is None:
        return None
    if connection.dialect.name == "postgresql":  # SQLite allows one writer at a time
        lock_id = int.from_bytes(
            hashlib.sha256(request.key.encode()).digest()[:8], "big", signed=True
        )
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_id})
    row = connection.execute(
        select(REQUESTS.c.fingerprint, REQUESTS.c.answer).where(
            REQUESTS.c.key == request.key, REQUESTS.c.at >= days_ago(KEY_DAYS)
        )
    ).first()
    if row is None:
        return None
    if row.fingerprint != request.fingerprint:
        raise key_reused(request)
    return str(row.answer)


def key_reused(request: KeyedRequest) -> KeyReusedError:
    """Return the error for a key that was sent with another request."""
    return KeyReusedError(
        f"the key {request.key!r} was sent with another request within the last "
        f"{24 * KEY_DAYS} hours; use a new key for each request, and the same one only to "
        "repeat it"
    )


def save_response(
    connection: Connection, request: KeyedRequest | None, reading_id: int, response: str
) -> None:
    """Save the response to a request, and remove expired ones."""
    if request is None:
        return
    delete_expired_responses(connection)
    connection.execute(
        REQUESTS.insert().values(
            key=request.key,
            fingerprint=request.fingerprint,
            at=now(),
            reading_id=reading_id,
            answer=response,
        )
    )


def delete_expired_responses(connection: Connection) -> None:
    """Remove the responses whose keys are older than `KEY_DAYS`."""
    connection.execute(REQUESTS.delete().where(REQUESTS.c.at < days_ago(KEY_DAYS)))
