"""``POST /v1/read`` and ``POST /v1/digits``."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request

from numerals.images import Picture
from numerals.ink import stretch_mask
from numerals.reading import FileResult, Reader, is_no_digit, read_file
from numerals.records import Page
from numerals.store import KeptPage, KeyedRequest, Store, Stored, keep_page
from numerals.web.idempotency import KEY_PARAMETER, Key, keyed
from numerals.web.read_query import ReadQuery, Script
from numerals.web.reader_cache import ReaderCache
from numerals.web.state import State, state_of
from numerals.web.uploads import (
    PICTURE_BODY,
    RequestBody,
    Upload,
    digits_body,
    load_digit,
    parse_digits,
    parse_pictures,
    receive,
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
    """Answer what ``numerals read --json`` prints, with the numbers under which it was stored."""
    state, place = state_of(request), ticket_of(request)
    sent = await receive(request, place)

    def as_asked(upload: Upload) -> KeyedRequest | None:
        return keyed(request, key, upload.name.encode() + b"\n" + upload.content)

    return await place.run(_read, state, place, sent, query, as_asked)


@ROUTES.post(
    "/digits",
    summary="Classify digits, one a picture",
    openapi_extra={"requestBody": digits_body("images")},
    responses={200: {"content": {"application/json": {"example": _DIGITS_EXAMPLE}}}},
)
async def classify(request: Request, script: Script = "latin") -> dict[str, Any]:
    """Answer each digit's probabilities; ink is bright on dark where digits come as numbers.

    ``text`` is empty where a picture shows no digit; ``confidence`` is that of there being none.
    """
    state, place = state_of(request), ticket_of(request)
    return await place.run(_classify, state, place, await receive(request, place), script)


def _read(
    state: State,
    place: QueueTicket,
    sent: RequestBody,
    query: ReadQuery,
    as_asked: Callable[[Upload], KeyedRequest | None],
) -> dict[str, Any]:
    upload = parse_pictures(sent, query.name)[0]
    asked = as_asked(upload)
    reader = state.readers.reader(query.read_options())
    store = state.store if query.keep else None
    if store and asked and (answered := store.answer_to(asked)) is not None:
        return _loaded(answered)
    result, kept = _read_upload(reader, upload, state, place, store)
    if result.error and not result.pages:
        raise result.error
    pages = tuple(map(query.answer_options().apply, result.pages))
    state.metrics.read.labels("pages").inc(len(pages))
    state.metrics.read.labels("lines").inc(sum(len(page.lines) for page in pages))
    result = replace(result, pages=pages)
    if not (store and kept):
        return _to_answer(result, None)
    model = _model_name(state.readers, reader, kept)
    answer = store.add_once(
        kept, result.source, model, asked, lambda stored: json.dumps(_to_answer(result, stored))
    )
    return _loaded(answer)


def _to_answer(result: FileResult, stored: Stored | None) -> dict[str, Any]:
    """Return what the client is told: the reading, and under which numbers it is stored."""
    answer = {"id": str(stored.id) if stored else None, **result.to_dict()}
    for number, page in enumerate(answer["pages"]):
        for at, line in enumerate(page["lines"]):
            line["line_id"] = str(stored.line_ids[number][at]) if stored else None
    return answer


def _loaded(answer: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer)
    return found


def _read_upload(
    reader: Reader, upload: Upload, state: State, place: QueueTicket, store: Store | None
) -> tuple[FileResult, list[KeptPage]]:
    """Read all pages of a file; return what is to be stored of them as well."""
    kept: list[KeptPage] = []

    def on_page(page: Page, picture: Picture) -> None:
        place.check()
        if store:
            kept.append(keep_page(page, picture.pixels, picture.scale, keep=store.keep))

    limits = state.settings.limits
    result = read_file(reader, upload.content, upload.name, limits=limits, on_page=on_page)
    if result.error:
        result = replace(result, error=with_client_filename(result.error, upload))
    return result, kept


def _model_name(readers: ReaderCache, reader: Reader, kept: list[KeptPage]) -> str:
    name = reader.metadata.get("name")
    return name or f"{kept[0].page.script} (auto)"


def _classify(state: State, place: QueueTicket, sent: RequestBody, script: str) -> dict[str, Any]:
    if sent.is_json:
        parsed = parse_digits(sent.content, "images")
        images = [to_model_input(stretch_mask(image)) for image in parsed]
        return classify_digits(state, np.stack(images), script)
    images = []
    for upload in parse_pictures(sent):
        place.check()
        images.append(load_digit(upload, state.settings.limits))
    return classify_digits(state, np.stack(images), script)


def classify_digits(state: State, images: Any, script: str) -> dict[str, Any]:
    """Return each digit's answer and probabilities; no text where there is no digit."""
    model = state.readers.digit_model(script)
    proba = model.predict_proba(images)
    state.metrics.read.labels("digits").inc(len(images))
    are_blank = ~images.any(axis=(1, 2))
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
