"""Requests that carry a key: a client that asks again gets the same answer, stored once.

References
----------
The Idempotency-Key HTTP Header Field, draft-ietf-httpapi-idempotency-key-header-07.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from numerals.errors import KeyReusedError
from numerals.store.clock import days_ago, now
from numerals.store.schema import REQUESTS

KEY_DAYS = 1
"""Days after which a key is forgotten."""


@dataclass(frozen=True)
class KeyedRequest:
    """A request as its client named it.

    Attributes
    ----------
    key : str
        Of up to 200 characters.
    fingerprint : str
        SHA-256 of all that was asked, in hexadecimal digits.
    """

    key: str
    fingerprint: str


def kept_answer(connection: Connection, request: KeyedRequest | None) -> str | None:
    """Return the answer that was given to a request, JSON; None if there was none.

    Within a transaction that writes, another one with the same key waits until this one ends.

    Raises
    ------
    KeyReusedError
        If the key was sent with another request.
    """
    if request is None:
        return None
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        number = int.from_bytes(
            hashlib.sha256(request.key.encode()).digest()[:8], "big", signed=True
        )
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": number})
    found = connection.execute(
        select(REQUESTS.c.fingerprint, REQUESTS.c.answer).where(
            REQUESTS.c.key == request.key, REQUESTS.c.at >= days_ago(KEY_DAYS)
        )
    ).first()
    if found is None:
        return None
    if found.fingerprint != request.fingerprint:
        raise KeyReusedError(
            f"the key {request.key!r} was sent with another request within the last "
            f"{24 * KEY_DAYS} hours; use a new key for each request, and the same one only to "
            "repeat it"
        )
    return str(found.answer)


def keep_answer(
    connection: Connection, request: KeyedRequest | None, reading_id: int, answer: str
) -> None:
    """Keep what a request was answered; keys that are too old are forgotten."""
    if request is None:
        return
    forget_old_answers(connection)
    connection.execute(
        REQUESTS.insert().values(
            key=request.key,
            fingerprint=request.fingerprint,
            at=now(),
            reading_id=reading_id,
            answer=answer,
        )
    )


def forget_old_answers(connection: Connection) -> None:
    """Remove the answers whose keys count no more."""
    connection.execute(REQUESTS.delete().where(REQUESTS.c.at < days_ago(KEY_DAYS)))
