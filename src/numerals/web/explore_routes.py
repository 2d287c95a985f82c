"""What there is: models, scripts, formats, data sets, and what a model takes for what."""

import json
import math
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Path, Query, Request

from numerals.errors import ModelError, NotStoredError, UnknownNameError
from numerals.evaluation import Evaluation, evaluate_model, first_digits
from numerals.formats import SPECS
from numerals.models import load_model
from numerals.models.available_models import AvailableModel, list_available_models
from numerals.models.onnx_session import open_session
from numerals.web.data_urls import data_url
from numerals.web.local_data_sets import LocalDataSet
from numerals.web.state import State, state_of
from numerals.web.work_queue import ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["explore"])

MAX_EVALUATED_DIGITS = 10_000
"""Digits of a data set that a model reads for its confusion matrix."""

_DESCRIPTIONS = {
    "amount": "an amount of money, in any usual way of writing",
    "date": "a day, in any usual order",
    "digits": "digits alone, any number of them",
    "digits:N": "so many digits, such as digits:10",
    "digits:N-M": "from N to M digits",
    "isbn": "a book's number, with its check digit",
    "luhn": "a number whose last digit checks it, such as a card's",
    "phone": "a telephone number with its country code",
    "phone:REGION": "a telephone number as it is dialled in a country, such as phone:US",
    "range:LOW-HIGH": "a whole number between two, such as range:0-100",
    "iban:COUNTRY": "a bank account, such as iban:DE",
    "ean": "an article's bar code number",
    "regex:PATTERN": "what a regular expression matches",
}
Name = Annotated[str, Path(max_length=80)]
Label = Annotated[int, Path(ge=0, le=10_000, description="the place of a class, from 0")]
Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, le=2**31 - 1)]


@ROUTES.get("/scripts", summary="Scripts that can be read")
def scripts(request: Request) -> dict[str, list[str]]:
    """Answer the names of scripts; auto is whichever the ink looks like."""
    return {"scripts": state_of(request).readers.scripts()}


@ROUTES.get("/formats", summary="What a number may be said to be like")
def formats() -> dict[str, Any]:
    """Answer the specs of number formats."""
    offered = [spec for spec in SPECS if not spec.startswith("roster")]
    return {"formats": [{"spec": s, "description": _DESCRIPTIONS.get(s, s)} for s in offered]}


@ROUTES.get("/models", summary="Models, their figures, and which are in use")
def models(request: Request) -> dict[str, Any]:
    """Answer the models of all scripts."""
    state = state_of(request)
    return {"models": [_describe(state, offered) for offered in list_available_models()]}


@ROUTES.get("/models/{name}/confusion", summary="What a model takes for what")
async def confusion(
    request: Request, name: Name, data: Annotated[str, Query(max_length=80)] = "mnist"
) -> dict[str, Any]:
    """Answer a matrix, rows the truth; it is computed once, of up to 10,000 digits."""
    state = state_of(request)
    evaluation, part = await ticket_of(request).run(_evaluate, state, name, data)
    return {
        "data": part.api_name,
        "classes": list(evaluation.model.classes),
        "matrix": evaluation.accuracy.confusion,
        "accuracy": round(float(np.mean(_answers(evaluation) == evaluation.digits.labels)), 6),
        "count": len(evaluation.digits),
    }


@ROUTES.get(
    "/models/{name}/confusion/{truth}/{answer}", summary="The digits behind a cell of the matrix"
)
async def confused(
    request: Request,
    name: Name,
    truth: Label,
    answer: Label,
    data: Annotated[str, Query(max_length=80)] = "mnist",
    offset: Offset = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Answer digits of one class that were taken for another, the surest first."""
    place = ticket_of(request)
    evaluation, _ = await place.run(_evaluate, state_of(request), name, data)
    return await place.run(_cell, evaluation, truth, answer, offset, limit)


@ROUTES.get("/data", summary="Data sets of this machine")
async def data_sets(request: Request) -> dict[str, Any]:
    """Answer their names, with how many digits of each class they hold."""
    return await ticket_of(request).run(_list_data, state_of(request))


@ROUTES.get("/data/{name}/digits", summary="Digits of a data set")
async def digits(
    request: Request,
    name: Name,
    label: Annotated[int | None, Query(ge=0, le=10_000, description="only this class")] = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Answer digits as pictures, in the order of the data set."""
    return await ticket_of(request).run(_show, state_of(request), name, label, offset, limit)


def _describe(state: State, offered: AvailableModel) -> dict[str, Any]:
    stamp = offered.path.stat().st_mtime_ns if offered.path.is_file() else 0
    metadata = state.data_sets.computed.get(
        ("metadata", offered.path, stamp), lambda: open_session(offered.path)[1]
    )
    classes = _json(metadata, "characters") or _json(metadata, "classes")
    characters = "".join(map(str, classes)) if isinstance(classes, str | list) else ""
    return {
        "name": offered.name,
        "script": offered.script,
        "kind": offered.kind,
        "characters": characters,
        "active": offered.active,
        "figures": _flat(_json(metadata, "figures")),
        "training": _flat(_json(metadata, "training")),
    }


def _json(metadata: dict[str, str], key: str) -> Any:
    try:
        return json.loads(metadata.get(key, "null"))
    except (ValueError, RecursionError):
        return None


def _flat(found: Any) -> dict[str, float | str]:
    """Return what can be shown in a row each: numbers, texts, and lists of these as text."""
    pairs = found.items() if isinstance(found, dict) else ()
    shown: dict[str, float | str] = {}
    for key, value in pairs:
        if isinstance(value, float) and not math.isfinite(value):
            shown[str(key)] = str(value)  # no answer can hold it as a number
        elif isinstance(value, int | float | str):
            shown[str(key)] = value
        elif isinstance(value, list):
            shown[str(key)] = ", ".join(str(each) for each in value)
    return shown


def _evaluate(state: State, name: str, data: str) -> tuple[Evaluation, LocalDataSet]:
    offered = {model.name: model for model in list_available_models()}
    if name not in offered:
        raise NotStoredError(str(UnknownNameError("model", name, offered)))
    model = offered[name]
    if model.kind != "digits":
        raise ModelError(f"{name} reads lines; choose a model of digits, such as latin-digit")
    part = state.data_sets.find(data, prefer_test=True)
    stamp = model.path.stat().st_mtime_ns

    def evaluate() -> Evaluation:
        found = first_digits(state.data_sets.load(part), MAX_EVALUATED_DIGITS)
        return evaluate_model(load_model(model.path), found)

    key = ("confusion", model.path, stamp, part.name, part.split)
    return state.data_sets.computed.get(key, evaluate), part


def _answers(evaluation: Evaluation) -> Any:
    return evaluation.proba.argmax(axis=1)


def _cell(
    evaluation: Evaluation, truth: int, answer: int, offset: int, limit: int
) -> dict[str, Any]:
    answers, found = _answers(evaluation), evaluation.digits
    confidence = evaluation.proba.max(axis=1)
    places = np.flatnonzero((found.labels == truth) & (answers == answer))
    places = places[np.argsort(-confidence[places], kind="stable")]
    return {
        "total": len(places),
        "digits": [
            {
                "index": int(place),
                "label": truth,
                "answer": answer,
                "confidence": round(float(confidence[place]), 4),
                "picture": data_url(found.images[place]),
            }
            for place in places[offset : offset + limit]
        ],
    }


def _list_data(state: State) -> dict[str, Any]:
    found = []
    for name in state.data_sets.names():
        digits = state.data_sets.describe(name)
        found.append(
            {
                "name": name.api_name,
                "script": name.script,
                "count": digits.count,
                "classes": list(digits.classes),
                "counts": digits.counts,
            }
        )
    return {"data": found}


def _show(state: State, name: str, label: int | None, offset: int, limit: int) -> dict[str, Any]:
    digits = state.data_sets.load(state.data_sets.find(name))
    places = np.arange(len(digits)) if label is None else np.flatnonzero(digits.labels == label)
    return {
        "total": len(places),
        "digits": [
            {
                "index": int(place),
                "label": int(digits.labels[place]),
                "picture": data_url(digits.images[place]),
            }
            for place in places[offset : offset + limit]
        ],
    }
