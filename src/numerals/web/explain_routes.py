"""``POST /v1/similar`` and ``POST /v1/explain``: explanations of one digit."""

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Query, Request

from numerals.errors import DataNotFoundError, MissingExtraError
from numerals.extras import requires_extra
from numerals.models import DigitModel
from numerals.picture_encoding import data_url
from numerals.web.local_data_sets import LocalDataSet, LocalDataSets
from numerals.web.state import State, state_of
from numerals.web.uploads import (
    RequestBody,
    digits_body,
    load_digit,
    parse_digits,
    parse_pictures,
    receive_body,
    to_model_input,
)
from numerals.web.work_queue import QueueTicket, ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["explain"])

_DEFAULT_DATA_SETS = {"latin": "mnist", "kannada": "kannada-mnist", "persian": "hoda"}
_N_NEIGHBOURS = 8
_SIGMA = 0.1  # width of the Gaussian that weights neighbours

Data = Annotated[
    str,
    Query(
        max_length=80,
        description="a data set on this machine; by default the usual one of the script",
    ),
]


@ROUTES.post(
    "/similar",
    summary="Find the most similar digits",
    openapi_extra={"requestBody": digits_body("image")},
)
async def similar(
    request: Request,
    data: Data = "",
    k: Annotated[int, Query(ge=1, le=200, description="number of digits to return")] = 10,
    sigma: Annotated[
        float, Query(ge=0.001, le=10, description="width of the Gaussian for the weights")
    ] = _SIGMA,
    script: Annotated[str, Query(max_length=40)] = "latin",
) -> dict[str, Any]:
    """Return the nearest digits of a data set by cosine similarity, each with its weight."""
    state, ticket = state_of(request), ticket_of(request)
    body = await receive_body(request, ticket)
    return await ticket.run(_similar, state, body, (data, script), k, sigma)


@ROUTES.post(
    "/explain",
    summary="Explain how a digit is read",
    openapi_extra={"requestBody": digits_body("image")},
)
async def explain(
    request: Request,
    script: Annotated[str, Query(max_length=40)] = "latin",
    data: Data = "",
) -> dict[str, Any]:
    """Return occlusion maps of a digit and the most similar training digits.

    ``occlusion`` is positive where ink supports the answer; ``why_not`` is positive where it
    supports the answer against the runner-up. Both are differences of log-odds, 28 rows of 28.
    """
    state, ticket = state_of(request), ticket_of(request)
    body = await receive_body(request, ticket)
    return await ticket.run(_explain, state, ticket, body, script, data)


def _load_image(body: RequestBody, state: State) -> npt.NDArray[np.uint8]:
    if body.is_json:
        return to_model_input(parse_digits(body.content, "image")[0])
    return load_digit(parse_pictures(body)[0], state.settings.limits)


def _similar(
    state: State, body: RequestBody, data_and_script: tuple[str, str], k: int, sigma: float
) -> dict[str, Any]:
    image = _load_image(body, state)
    data_set = _find_data_set(state.data_sets, *data_and_script)
    return {
        "data": data_set.api_name,
        "neighbours": find_neighbours(state.data_sets, data_set, image, k, sigma),
    }


def _find_data_set(data_sets: LocalDataSets, data: str, script: str) -> LocalDataSet:
    """Return the named data set, else the usual one of the script, else any of the script."""
    if data:
        return data_sets.find(data)
    of_script = [each for each in data_sets.available() if each.script == script]
    default = _DEFAULT_DATA_SETS.get(script, script)
    if not of_script:
        raise DataNotFoundError(describe_missing_data(script))
    return next((each for each in of_script if each.name == default), of_script[0])


def describe_missing_data(script: str) -> str:
    """Return what to do if no digits of a script are on this machine."""
    name = _DEFAULT_DATA_SETS.get(script, "")
    return (
        f"no {script} digits are on this machine; get some with numerals data fetch {name}".strip()
    )


def find_neighbours(
    data_sets: LocalDataSets,
    data_set: LocalDataSet,
    image: npt.NDArray[np.uint8],
    k: int,
    sigma: float,
) -> list[dict[str, Any]]:
    """Return the nearest digits of a data set, most similar first.

    Parameters
    ----------
    data_sets : LocalDataSets
    data_set : LocalDataSet
    image : ndarray of uint8, shape (28, 28)
    k : int
        Number of digits.
    sigma : float
        Width of the Gaussian for the weights.
    """
    index = data_sets.index(data_set)
    from numerals.search.look_alikes import gaussian_weight

    digits = data_sets.load_28(data_set)
    similarities, indices = index.search(image.reshape(1, -1), min(k, len(digits)))
    weights = gaussian_weight(similarities, sigma)
    return [
        {
            "index": int(i),
            "label": digits.classes[label] if (label := int(digits.labels[i])) >= 0 else None,
            "similarity": round(float(similarity), 6),
            "weight": round(float(weight), 6),
            "picture": data_url(digits.images[i]),
        }
        for i, similarity, weight in zip(indices[0], similarities[0], weights[0], strict=True)
    ]


def _explain(
    state: State, ticket: QueueTicket, body: RequestBody, script: str, data: str
) -> dict[str, Any]:
    return explain_image(state, _load_image(body, state), script, data, ticket.check)


def explain_image(
    state: State,
    image: npt.NDArray[np.uint8],
    script: str,
    data: str,
    check: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Return probabilities, occlusion maps and neighbours of a digit.

    Parameters
    ----------
    state : State
    image : ndarray of uint8, shape (28, 28)
    script : str
    data : str
        Name of a data set, or empty.
    check : callable
        Called between the steps; it may raise an exception to stop the work.
    """
    model = state.readers.digit_model(script)
    proba = model.predict_proba(image[None])[0]
    answer, runner_up = (int(label) for label in np.argsort(-proba, kind="stable")[:2])
    data_set = None
    if data or any(each.script == script for each in state.data_sets.available()):
        data_set = _find_data_set(state.data_sets, data, script)
    check()
    for_answer, against = _occlusion_maps(model, state, data_set, image, answer, runner_up)
    neighbours: list[dict[str, Any]] = []
    note = describe_missing_data(script)
    if data_set is not None:
        check()
        try:
            neighbours = find_neighbours(state.data_sets, data_set, image, _N_NEIGHBOURS, _SIGMA)
            note = f"the most similar digits of {data_set.api_name}"
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
            name: round(float(p), 6) for name, p in zip(model.classes, proba, strict=True)
        },
        "occlusion": for_answer.round(4).tolist(),
        "why_not": against.round(4).tolist(),
        "image": image.tolist(),
        "neighbours": neighbours,
        "neighbours_note": note,
    }


def _occlusion_maps(
    model: DigitModel,
    state: State,
    data_set: LocalDataSet | None,
    image: npt.NDArray[np.uint8],
    answer: int,
    runner_up: int,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the maps for the answer, and for the answer against the runner-up."""
    with requires_extra("lab", "explaining"):
        from numerals.explain.occlusion import Occlusion
    fill: int | npt.NDArray[np.uint8] = 0
    if data_set is not None:

        def mean_image() -> npt.NDArray[np.uint8]:
            images = state.data_sets.load_28(data_set).images
            return np.asarray(images.mean(axis=0).round(), np.uint8)

        fill = state.data_sets.results.get(("mean", data_set.name, data_set.split), mean_image)
    occlusion = Occlusion(model, fill=fill)
    return (
        occlusion.attribute(image, answer).values,
        occlusion.attribute(image, answer, runner_up).values,
    )
