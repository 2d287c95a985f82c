"""``POST /v1/similar`` and ``POST /v1/explain``: one digit, and why it is read as it is."""

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Query, Request

from numerals.errors import MissingExtraError
from numerals.models import DigitModel
from numerals.web.data_urls import data_url
from numerals.web.local_data_sets import LocalDataSet, LocalDataSets
from numerals.web.state import State, state_of
from numerals.web.uploads import (
    RequestBody,
    digits_body,
    load_digit,
    parse_digits,
    parse_pictures,
    receive,
    to_model_input,
)
from numerals.web.work_queue import QueueTicket, ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["explain"])

_USUAL = {"latin": "mnist", "kannada": "kannada-mnist", "persian": "hoda"}
_N_NEIGHBOURS = 8

Data = Annotated[
    str, Query(max_length=80, description="a data set of this machine; by default the script's")
]


@ROUTES.post(
    "/similar",
    summary="The digits that look most like one",
    openapi_extra={"requestBody": digits_body("image")},
)
async def similar(
    request: Request,
    data: Data = "",
    k: Annotated[int, Query(ge=1, le=200)] = 10,
    sigma: Annotated[float, Query(ge=0.001, le=10, description="how fast weights fall off")] = 0.1,
    script: Annotated[str, Query(max_length=40)] = "latin",
) -> dict[str, Any]:
    """Answer the nearest digits of a data set by cosine, each with its weight."""
    state, place = state_of(request), ticket_of(request)
    sent = await receive(request, place)
    return await place.run(_similar, state, sent, (data, script), k, sigma)


@ROUTES.post(
    "/explain",
    summary="Why a digit is read as it is",
    openapi_extra={"requestBody": digits_body("image")},
)
async def explain(
    request: Request,
    script: Annotated[str, Query(max_length=40)] = "latin",
    data: Data = "",
) -> dict[str, Any]:
    """Answer what hiding parts of the digit does, and the training digits most like it.

    ``occlusion``: positive where ink speaks for the answer; ``why_not``: positive where it speaks
    for the answer against the runner-up. Both are differences of log-odds, 28 rows of 28.
    """
    state, place = state_of(request), ticket_of(request)
    sent = await receive(request, place)
    return await place.run(_explain, state, place, sent, script, data)


def _digit(sent: RequestBody, state: State) -> npt.NDArray[np.uint8]:
    if sent.is_json:
        return to_model_input(parse_digits(sent.content, "image")[0])
    return load_digit(parse_pictures(sent)[0], state.settings.limits)


def _similar(
    state: State, sent: RequestBody, where: tuple[str, str], k: int, sigma: float
) -> dict[str, Any]:
    image = _digit(sent, state)
    name = _find(state.data_sets, *where)
    return {
        "data": name.api_name,
        "neighbours": neighbours(state.data_sets, name, image, k, sigma),
    }


def _find(data_sets: LocalDataSets, data: str, script: str) -> LocalDataSet:
    """Return the data set that was named, else the usual one of the script, else any of it."""
    if data:
        return data_sets.find(data)
    of_script = [name for name in data_sets.names() if name.script == script]
    usual = [name for name in of_script if name.name == _USUAL.get(script)]
    if not of_script:
        return data_sets.find(_USUAL.get(script, script))  # raises, and tells what there is
    return (usual or of_script)[0]


def neighbours(
    data_sets: LocalDataSets, name: LocalDataSet, image: npt.NDArray[np.uint8], k: int, sigma: float
) -> list[dict[str, Any]]:
    """Return the nearest digits of a data set, best first."""
    index = data_sets.index(name)
    from numerals.search.look_alikes import gaussian_weight

    digits = data_sets.load_28(name)
    similarities, places = index.search(image.reshape(1, -1), min(k, len(digits)))
    weights = gaussian_weight(similarities, sigma)
    return [
        {
            "index": int(place),
            "label": digits.classes[label] if (label := int(digits.labels[place])) >= 0 else None,
            "similarity": round(float(similarity), 6),
            "weight": round(float(weight), 6),
            "picture": data_url(digits.images[place]),
        }
        for place, similarity, weight in zip(places[0], similarities[0], weights[0], strict=True)
    ]


def _explain(
    state: State, place: QueueTicket, sent: RequestBody, script: str, data: str
) -> dict[str, Any]:
    return explain_image(state, _digit(sent, state), script, data, place.check)


def explain_image(
    state: State,
    image: npt.NDArray[np.uint8],
    script: str,
    data: str,
    check: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Return why a digit is read as it is; `check` is called between the steps."""
    model = state.readers.digit_model(script)
    proba = model.predict_proba(image[None])[0]
    answer, runner_up = (int(label) for label in np.argsort(-proba, kind="stable")[:2])
    name = None
    if data or any(each.script == script for each in state.data_sets.names()):
        name = _find(state.data_sets, data, script)
    check()
    for_answer, against = _occlusion(model, state, name, image, answer, runner_up)
    alike: list[dict[str, Any]] = []
    note = f"no {script} digits are on this machine: numerals data fetch gets some"
    if name is not None:
        check()
        try:
            alike = neighbours(state.data_sets, name, image, _N_NEIGHBOURS, 0.1)
            note = f"the most similar digits of {name.api_name}"
        except MissingExtraError as error:
            note = str(error)
    return {
        "answer": model.classes[answer],
        "confidence": round(float(proba[answer]), 6),
        "runner_up": {
            "text": model.classes[runner_up],
            "confidence": round(float(proba[runner_up]), 6),
        },
        "probabilities": {
            each: round(float(p), 6) for each, p in zip(model.classes, proba, strict=True)
        },
        "occlusion": for_answer.round(4).tolist(),
        "why_not": against.round(4).tolist(),
        "image": image.tolist(),
        "neighbours": alike,
        "neighbours_note": note,
    }


def _occlusion(
    model: DigitModel,
    state: State,
    name: LocalDataSet | None,
    image: npt.NDArray[np.uint8],
    answer: int,
    runner_up: int,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    try:
        from numerals.explain.occlusion import Occlusion
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"explaining ({error.name})", "lab") from error
    fill: int | npt.NDArray[np.uint8] = 0
    if name is not None:

        def mean() -> npt.NDArray[np.uint8]:
            images = state.data_sets.load_28(name).images
            return np.asarray(images.mean(axis=0).round(), np.uint8)

        fill = state.data_sets.computed.get(("mean", name.name, name.split), mean)
    way = Occlusion(model, fill=fill)
    return (
        way.attribute(image, answer).values,
        way.attribute(image, answer, runner_up).values,
    )
