"""Whatever goes wrong -> ``{"error": {"code": ..., "message": ...}}`` with a 4xx, or 503."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from numerals.errors import (
    DataNotFoundError,
    EditConflictError,
    ImageError,
    ImageTooLargeError,
    KeyReusedError,
    NothingToUndoError,
    NotStoredError,
    NumeralsError,
    StoreError,
)
from numerals.printable import printable

_LOG = logging.getLogger("numerals.web")

CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "took_too_long",
    409: "conflict",
    413: "body_too_large",
    415: "not_a_picture",
    422: "invalid",
    500: "failed",
    503: "busy",
}
"""Status -> the ``code`` of its errors."""

_STATUS: tuple[tuple[type[NumeralsError], int], ...] = (
    (ImageTooLargeError, 413),
    (ImageError, 415),
    (NotStoredError, 404),
    (NothingToUndoError, 409),
    (EditConflictError, 409),
    (KeyReusedError, 422),
    (StoreError, 503),
    (DataNotFoundError, 404),
    (NumeralsError, 422),
)
RETRY_AFTER = 2
"""Seconds after which a client may try again."""


class ErrorDetail(BaseModel):
    """What went wrong."""

    code: str
    message: str


class ErrorBody(BaseModel):
    """The body of every answer that is no success."""

    error: ErrorDetail


class BusyError(HTTPException):
    """More requests wait than may."""

    def __init__(self, message: str) -> None:
        super().__init__(503, message, {"Retry-After": str(RETRY_AFTER)})


class WorkFailedError(HTTPException):
    """Something went wrong that nobody thought of: one request fails, the service goes on."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(500, f"the service failed ({type(error).__name__}); its log says why")


def response_from_exception(error: HTTPException) -> JSONResponse:
    """Return the answer that tells of a failure which was raised."""
    return failure(error.status_code, str(error.detail), error.headers)


def failure(
    status: int, message: str, headers: Mapping[str, str] | None = None, code: str | None = None
) -> JSONResponse:
    """Return the answer that tells of a failure."""
    error = {"code": code or CODES.get(status, "error"), "message": message}
    return JSONResponse({"error": error}, status, dict(headers or {}))


def http_status(error: NumeralsError) -> int:
    """Return the status that tells of an error of ours."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def add_error_handlers(app: FastAPI) -> None:
    """Let an app answer failures in our form."""
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(NumeralsError, _on_ours)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_bug)


def _on_http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return response_from_exception(error)


def _on_invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return failure(422, "; ".join(_told(each) for each in error.errors()[:5]))


def _told(each: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in each.get("loc", ()))
    message = str(each.get("msg", "is not as expected"))
    # What was sent may hold halves of characters, which no answer can.
    return f"{where}: {message}".encode("utf-8", "replace").decode("utf-8")


def _on_ours(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, NumeralsError)
    status = http_status(error)
    headers = {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}
    if status == 503:
        _LOG.error("%s", printable(str(error)))  # it may name a file, or quote a cell
    code = "store_unavailable" if status == 503 else None
    message = str(error).encode("utf-8", "replace").decode("utf-8")
    return failure(status, message, headers, code)


def _on_disconnect(_: Request, __: Exception) -> JSONResponse:
    return failure(400, "the connection ended before the body did; send it again")


def _on_bug(_: Request, error: Exception) -> JSONResponse:
    return failure(500, f"the service failed ({type(error).__name__}); its log says why")
