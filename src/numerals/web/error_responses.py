"""Error responses: ``{"error": {"code": ..., "message": ...}}`` with a 4xx status, 500 or 503."""

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
    AnswerFormatError,
    BatchStateError,
    DataNotFoundError,
    EditConflictError,
    ImageError,
    ImageTooLargeError,
    KeyReusedError,
    NothingToUndoError,
    NotStoredError,
    NumeralsError,
    StoreError,
    TrainingStateError,
    WorseModelError,
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
    413: "too_large",
    415: "not_a_picture",
    422: "invalid",
    500: "failed",
    503: "busy",
}
"""HTTP status -> the ``code`` of its errors."""

_STATUS: tuple[tuple[type[NumeralsError], int], ...] = (
    (ImageTooLargeError, 413),
    (ImageError, 415),
    (NotStoredError, 404),
    (NothingToUndoError, 409),
    (EditConflictError, 409),
    (BatchStateError, 409),
    (KeyReusedError, 422),
    (StoreError, 503),
    (DataNotFoundError, 404),
    (WorseModelError, 409),
    (TrainingStateError, 409),
    (NumeralsError, 422),
)
RETRY_AFTER = 2
"""Seconds after which a client may try again."""


class ErrorDetail(BaseModel):
    """An error code for programs, and a message for people."""

    code: str
    message: str


class ErrorBody(BaseModel):
    """The body of every error response."""

    error: ErrorDetail


class BusyError(HTTPException):
    """The service cannot take the request now (503)."""

    def __init__(self, message: str) -> None:
        super().__init__(503, message, {"Retry-After": str(RETRY_AFTER)})


class WorkFailedError(HTTPException):
    """An unexpected error failed one request (500)."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(500, _unexpected(error))


def response_from_exception(error: HTTPException) -> JSONResponse:
    """Return the error response for an exception."""
    return error_response(error.status_code, str(error.detail), error.headers)


def error_response(
    status: int, message: str, headers: Mapping[str, str] | None = None, code: str | None = None
) -> JSONResponse:
    """Return an error response; `code` is by default the one of the status."""
    error = {"code": code or CODES.get(status, "error"), "message": message}
    return JSONResponse({"error": error}, status, dict(headers or {}))


def http_status(error: NumeralsError) -> int:
    """Return the HTTP status for an error of numerals."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def add_error_handlers(app: FastAPI) -> None:
    """Make an app respond to all exceptions with an `ErrorBody`."""
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(NumeralsError, _on_numerals_error)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_unexpected_error)


def _on_http_exception(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return response_from_exception(error)


def _on_validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return error_response(422, "; ".join(_format_issue(issue) for issue in error.errors()[:5]))


def _format_issue(issue: Mapping[str, Any]) -> str:
    location = ".".join(str(part) for part in issue.get("loc", ()))
    message = str(issue.get("msg", "is invalid"))
    # The input may contain lone surrogates, which UTF-8 cannot encode.
    return f"{location}: {message}".encode("utf-8", "replace").decode("utf-8")


def _on_numerals_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, NumeralsError)
    status = http_status(error)
    headers = {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}
    if status == 503:
        _LOG.error("%s", printable(str(error)))  # the message may contain a file name or a cell
    code = "store_unavailable" if status == 503 else None
    if isinstance(error, AnswerFormatError):
        code = "wrong_format"
    if isinstance(error, WorseModelError):
        code = "worse_model"
    message = str(error).encode("utf-8", "replace").decode("utf-8")
    return error_response(status, message, headers, code)


def _on_disconnect(_: Request, __: Exception) -> JSONResponse:
    return error_response(400, "the connection ended before the body did; send the request again")


def _on_unexpected_error(_: Request, error: Exception) -> JSONResponse:
    return error_response(500, _unexpected(error))


def _unexpected(error: BaseException) -> str:
    return f"the service failed ({type(error).__name__}); see its log for the reason"
