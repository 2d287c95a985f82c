"""``POST /v1/read`` and ``POST /v1/digits``: read pictures, classify single digits."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Query, Request

from numerals.forms import FormResult
from numerals.images import Picture
from numerals.ink import stretch_mask
from numerals.reading import FileResult, Reader, is_no_digit, read_file
from numerals.records import Page
from numerals.store import KeyedRequest, PageEntry, Store, StoredIds, make_page_entry
from numerals.web.form_reading import add_form_values, read_forms
from numerals.web.idempotency import KEY_PARAMETER, Key, make_keyed_request
from numerals.web.read_query import ReadQuery, Script
from numerals.web.state import State, state_of
from numerals.web.uploads import (
    PICTURE_BODY,
    RequestBody,
    Upload,
    digits_body,
    load_digit,
    parse_digits,
    parse_pictures,
    receive_body,
    to_model_input,
    with_client_filename,
)
from numerals.web.work_queue import QueueTicket, ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["read"])

_READ_EXAMPLE = {
    "id": "17",
    "source": "photo.jpg",
    "pages": [
        {
            "page": 1,
            "script": "latin",
            "width": 640,
            "height": 480,
            "text": "417",
            "confidence": 0.98,
            "lines": [
                {
                    "line_id": "23",
                    "text": "417",
                    "confidence": 0.98,
                    "box": [40, 40, 260, 120],
                    "digits": [
                        {
                            "text": "4",
                            "confidence": 0.99,
                            "box": [40, 40, 90, 120],
                            "alternatives": [{"text": "9", "confidence": 0.01}],
                        }
                    ],
                    "alternatives": [{"text": "917", "confidence": 0.01}],
                }
            ],
        }
    ],
}
_DIGITS_EXAMPLE = {
    "digits": [{"text": "7", "confidence": 0.99, "probabilities": {"1": 0.01, "7": 0.99}}]
}


@ROUTES.post(
    "/read",
    summary="Read the numbers in a picture",
    openapi_extra={"requestBody": PICTURE_BODY, "parameters": [KEY_PARAMETER]},
    responses={200: {"content": {"application/json": {"example": _READ_EXAMPLE}}}},
)
async def read(request: Request, key: Key, query: Annotated[ReadQuery, Query()]) -> dict[str, Any]:
    """Return the reading as ``numerals read --json`` prints it, with the ids of stored lines."""
    state, ticket = state_of(request), ticket_of(request)
    body = await receive_body(request, ticket)

    def to_keyed(upload: Upload) -> KeyedRequest | None:
        return make_keyed_request(request, key, upload.name.encode() + b"\n" + upload.content)

    return await ticket.run(_read, state, ticket, body, query, to_keyed)


@ROUTES.post(
    "/digits",
    summary="Classify pictures of single digits",
    openapi_extra={"requestBody": digits_body("images")},
    responses={200: {"content": {"application/json": {"example": _DIGITS_EXAMPLE}}}},
)
async def classify(request: Request, script: Script = "latin") -> dict[str, Any]:
    """Return the probabilities of each digit. In JSON bodies, ink is bright on dark.

    ``text`` is empty if a picture shows no digit; ``confidence`` is then the probability of that.
    """
    state, ticket = state_of(request), ticket_of(request)
    return await ticket.run(_classify, state, ticket, await receive_body(request, ticket), script)


def _read(
    state: State,
    ticket: QueueTicket,
    body: RequestBody,
    query: ReadQuery,
    to_keyed: Callable[[Upload], KeyedRequest | None],
) -> dict[str, Any]:
    upload = parse_pictures(body, query.name)[0]
    keyed_request = to_keyed(upload)
    reader = state.readers.reader(query.read_options())
    store = state.store if query.keep else None
    if store and keyed_request and (answered := store.load_response(keyed_request)) is not None:
        return _parse_object(answered)
    forms: list[FormResult] = []
    if query.template:
        result, pages_to_store, forms, model = read_forms(state, ticket, upload, query)
    else:
        result, pages_to_store = _read_upload(reader, upload, state, ticket, store)
        model = reader.metadata.get("name", "")
    errors = tuple(with_client_filename(error, upload) for error in result.errors)
    if errors and not result.pages:
        raise errors[0]
    answers = query.answer_options()
    if forms:  # every field stays, and its digits have no confidences
        answers = replace(answers, min_confidence=0.0, only_digits=False)
    pages = tuple(map(answers.apply, result.pages))
    state.metrics.read.labels("pages").inc(len(pages))
    state.metrics.read.labels("lines").inc(sum(len(page.lines) for page in pages))
    result = replace(result, pages=pages, errors=errors)
    if not (store and pages_to_store):
        return _to_response(result, None, (), forms)
    response = store.add_once(
        pages_to_store,
        result.source,
        model or f"{pages_to_store[0].page.script} (auto)",
        keyed_request,
        lambda stored: json.dumps(_to_response(result, stored, pages_to_store, forms)),
        int(query.replaces) if query.replaces else None,
    )
    return _parse_object(response)


def _to_response(
    result: FileResult,
    stored: StoredIds | None,
    stored_pages: Sequence[PageEntry],
    forms: Sequence[FormResult] = (),
) -> dict[str, Any]:
    """Return a reading as JSON values, with its ids in the store.

    The stored pages may have more lines: those without digits are left out with ``only=digits``.
    """
    response = {"id": str(stored.id) if stored else None, **result.to_dict()}
    for i, (page, values) in enumerate(zip(result.pages, response["pages"], strict=True)):
        ids = iter(zip(stored.line_ids[i], stored_pages[i].lines, strict=True) if stored else ())
        for line, line_values in zip(page.lines, values["lines"], strict=True):
            line_id = next((id for id, entry in ids if entry.line.box == line.box), None)
            line_values["line_id"] = None if line_id is None else str(line_id)
            if stored and line_id in stored.answers:
                line_values["state"], line_values["answer"] = stored.answers[line_id]
        if forms:
            add_form_values(values, forms[i])
    return response


def _parse_object(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text)
    return value


def _read_upload(
    reader: Reader, upload: Upload, state: State, ticket: QueueTicket, store: Store | None
) -> tuple[FileResult, list[PageEntry]]:
    """Read all pages of a file; return the result and the pages to store."""
    pages_to_store: list[PageEntry] = []

    def on_page(page: Page, picture: Picture) -> None:
        ticket.check()
        if store:
            pages_to_store.append(
                make_page_entry(page, picture.pixels, picture.scale, keep=store.keep)
            )

    limits = state.settings.limits
    result = read_file(reader, upload.content, upload.name, limits=limits, on_page=on_page)
    return result, pages_to_store


def _classify(state: State, ticket: QueueTicket, body: RequestBody, script: str) -> dict[str, Any]:
    if body.is_json:
        parsed = parse_digits(body.content, "images")
        images = [to_model_input(stretch_mask(image)) for image in parsed]
        return classify_digits(state, np.stack(images), script)
    images = []
    for upload in parse_pictures(body):
        ticket.check()
        images.append(load_digit(upload, state.settings.limits))
    return classify_digits(state, np.stack(images), script)


def classify_digits(state: State, images: npt.NDArray[np.uint8], script: str) -> dict[str, Any]:
    """Return text, confidence and probabilities of each digit.

    Parameters
    ----------
    state : State
    images : ndarray of uint8, shape (n_images, 28, 28)
    script : str
    """
    model = state.readers.digit_model(script)
    proba = model.predict_proba(images)
    state.metrics.read.labels("digits").inc(len(images))
    are_blank = np.asarray(~images.any(axis=(1, 2)))
    return {
        "digits": [
            {
                "text": "" if is_none else model.classes[int(row.argmax())],
                "confidence": round(float(1 - row.sum() if is_none else row.max()), 4),
                "probabilities": {
                    name: round(float(p), 6) for name, p in zip(model.classes, row, strict=True)
                },
            }
            for row, is_blank in zip(proba, are_blank, strict=True)
            for is_none in (is_blank or is_no_digit(row),)
        ]
    }
