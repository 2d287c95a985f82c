"""Routes for scripts, formats, models, data sets and confusion matrices."""

import json
import math
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Path, Query, Request

from numerals.errors import ModelError, NotStoredError, UnknownNameError
from numerals.evaluation import Evaluation, evaluate_model
from numerals.formats import SPECS
from numerals.models import load_model
from numerals.models.available_models import AvailableModel, list_available_models
from numerals.models.onnx_session import open_session
from numerals.picture_encoding import data_url
from numerals.web.local_data_sets import LocalDataSet
from numerals.web.state import State, state_of
from numerals.web.work_queue import ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["explore"])

MAX_EVALUATED_DIGITS = 10_000
"""Maximum number of digits that a model reads for a confusion matrix."""

_FORMAT_DESCRIPTIONS = {
    "amount": "an amount of money",
    "date": "a date, in any order of day, month and year",
    "digits": "digits only",
    "digits:N": "exactly N digits, such as digits:10",
    "digits:N-M": "from N to M digits",
    "isbn": "a book number (ISBN) with its check digit",
    "luhn": "a number with a Luhn check digit, such as a credit card number",
    "phone": "a phone number with its country code",
    "phone:REGION": "a phone number as dialled within a country, such as phone:US",
    "range:LOW-HIGH": "a whole number in a range, such as range:0-100",
    "iban:COUNTRY": "a bank account number (IBAN), such as iban:DE",
    "ean": "an article number (EAN) from a barcode",
    "regex:PATTERN": "a text that matches a regular expression",
}
Name = Annotated[str, Path(max_length=80)]
Label = Annotated[int, Path(ge=0, le=10_000, description="index of a class, from 0")]
DataQuery = Annotated[str, Query(max_length=80, description="a data set on this machine")]
Limit = Annotated[int, Query(ge=1, le=500, description="maximum number of digits to return")]
Offset = Annotated[int, Query(ge=0, le=2**31 - 1, description="number of digits to skip")]


@ROUTES.get("/scripts", summary="List scripts")
def scripts(request: Request) -> dict[str, list[str]]:
    """Return the scripts that can be read; auto detects the script of a picture."""
    return {"scripts": state_of(request).readers.scripts()}


@ROUTES.get("/formats", summary="List number formats")
def formats() -> dict[str, Any]:
    """Return the number formats that constrain a reading, with descriptions."""
    specs = [spec for spec in SPECS if not spec.startswith("roster")]
    return {"formats": [{"spec": s, "description": _FORMAT_DESCRIPTIONS.get(s, s)} for s in specs]}


@ROUTES.get("/models", summary="List models with their figures")
def models(request: Request) -> dict[str, Any]:
    """Return the models of all scripts; active ones are in use."""
    state = state_of(request)
    return {"models": [_describe_model(state, model) for model in list_available_models()]}


@ROUTES.get("/models/{name}/confusion", summary="Compute a confusion matrix")
async def confusion(request: Request, name: Name, data: DataQuery = "mnist") -> dict[str, Any]:
    """Return the confusion matrix of up to 10,000 digits; rows are true labels. It is cached."""
    state = state_of(request)
    evaluation, data_set = await ticket_of(request).run(_evaluate, state, name, data)
    is_correct = _predictions(evaluation) == evaluation.digits.labels
    return {
        "data": data_set.api_name,
        "classes": list(evaluation.model.classes),
        "matrix": evaluation.accuracy.confusion,
        "accuracy": round(float(np.mean(is_correct)), 6),
        "count": len(evaluation.digits),
    }


@ROUTES.get(
    "/models/{name}/confusion/{truth}/{answer}",
    summary="List the digits in a cell of a confusion matrix",
)
async def confused(
    request: Request,
    name: Name,
    truth: Label,
    answer: Label,
    data: DataQuery = "mnist",
    offset: Offset = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Return the digits of one class that were read as another, highest confidence first."""
    ticket = ticket_of(request)
    evaluation, _ = await ticket.run(_evaluate, state_of(request), name, data)
    return await ticket.run(_digits_of_cell, evaluation, truth, answer, offset, limit)


@ROUTES.get("/data", summary="List the data sets on this machine")
async def data_sets(request: Request) -> dict[str, Any]:
    """Return the data sets with the number of digits of each class."""
    return await ticket_of(request).run(_list_data_sets, state_of(request))


@ROUTES.get("/data/{name}/digits", summary="List digits of a data set")
async def digits(
    request: Request,
    name: Name,
    label: Annotated[
        int | None, Query(ge=0, le=10_000, description="index of a class; only its digits")
    ] = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Return digits as pictures, in the order of the data set."""
    return await ticket_of(request).run(_list_digits, state_of(request), name, label, offset, limit)


def _describe_model(state: State, model: AvailableModel) -> dict[str, Any]:
    modified_at = model.path.stat().st_mtime_ns if model.path.is_file() else 0
    metadata = state.data_sets.results.get(
        ("metadata", model.path, modified_at), lambda: open_session(model.path)[1]
    )
    classes = _parse_json(metadata, "characters") or _parse_json(metadata, "classes")
    characters = "".join(map(str, classes)) if isinstance(classes, str | list) else ""
    return {
        "name": model.name,
        "script": model.script,
        "kind": model.kind,
        "characters": characters,
        "active": model.active,
        "figures": _printable_entries(_parse_json(metadata, "figures")),
        "training": _printable_entries(_parse_json(metadata, "training")),
    }


def _parse_json(metadata: dict[str, str], key: str) -> Any:
    try:
        return json.loads(metadata.get(key, "null"))
    except (ValueError, RecursionError):
        return None


def _printable_entries(value: Any) -> dict[str, float | str]:
    """Return the entries of an object that fit in a table row: numbers, texts, lists as text."""
    pairs = value.items() if isinstance(value, dict) else ()
    entries: dict[str, float | str] = {}
    for key, entry in pairs:
        if isinstance(entry, float) and not math.isfinite(entry):
            entries[str(key)] = str(entry)  # JSON has no infinity or NaN
        elif isinstance(entry, int | float | str):
            entries[str(key)] = entry
        elif isinstance(entry, list):
            entries[str(key)] = ", ".join(str(item) for item in entry)
    return entries


def _evaluate(state: State, name: str, data: str) -> tuple[Evaluation, LocalDataSet]:
    models = {model.name: model for model in list_available_models()}
    if name not in models:
        raise NotStoredError(str(UnknownNameError("model", name, models)))
    model = models[name]
    if model.kind != "digits":
        raise ModelError(f"{name} reads lines; choose a digit model, such as latin-digit")
    data_set = state.data_sets.find(data, prefer_test=True)
    modified_at = model.path.stat().st_mtime_ns

    def evaluate() -> Evaluation:
        digits = state.data_sets.load(data_set)[:MAX_EVALUATED_DIGITS]
        return evaluate_model(load_model(model.path), digits)

    key = ("confusion", model.path, modified_at, data_set.name, data_set.split)
    return state.data_sets.results.get(key, evaluate), data_set


def _predictions(evaluation: Evaluation) -> npt.NDArray[np.intp]:
    return np.asarray(evaluation.proba.argmax(axis=1))


def _digits_of_cell(
    evaluation: Evaluation, truth: int, answer: int, offset: int, limit: int
) -> dict[str, Any]:
    digits, confidence = evaluation.digits, evaluation.proba.max(axis=1)
    indices = np.flatnonzero((digits.labels == truth) & (_predictions(evaluation) == answer))
    indices = indices[np.argsort(-confidence[indices], kind="stable")]
    return {
        "total": len(indices),
        "digits": [
            {
                "index": int(i),
                "label": truth,
                "answer": answer,
                "confidence": round(float(confidence[i]), 4),
                "picture": data_url(digits.images[i]),
            }
            for i in indices[offset : offset + limit]
        ],
    }


def _list_data_sets(state: State) -> dict[str, Any]:
    rows = []
    for data_set in state.data_sets.available():
        counts = state.data_sets.count(data_set)
        rows.append(
            {
                "name": data_set.api_name,
                "script": data_set.script,
                "count": counts.count,
                "classes": list(counts.classes),
                "counts": counts.counts,
            }
        )
    return {"data": rows}


def _list_digits(
    state: State, name: str, label: int | None, offset: int, limit: int
) -> dict[str, Any]:
    digits = state.data_sets.load(state.data_sets.find(name))
    indices = np.arange(len(digits)) if label is None else np.flatnonzero(digits.labels == label)
    return {
        "total": len(indices),
        "digits": [
            {
                "index": int(i),
                "label": int(digits.labels[i]),
                "picture": data_url(digits.images[i]),
            }
            for i in indices[offset : offset + limit]
        ],
    }
