"""Routes of training: its state, start, stop, continue; activate and roll back models."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from numerals.models.activated_models import roll_back_model
from numerals.web.state import training_of
from numerals.web.training.model_activation import activate_trained_model
from numerals.web.training.training_json import describe_training
from numerals.web.work_queue import ticket_of

ROUTES = APIRouter(prefix="/v1", tags=["training"])

Script = Annotated[
    str,
    Field(max_length=32, pattern=r"^[a-z][a-z0-9_-]*$", description="script of the lines"),
]
ModelName = Annotated[str, Path(max_length=80, description="name of the trained model")]


class NewTraining(BaseModel):
    """What to train."""

    model_config = ConfigDict(extra="forbid")

    script: Script = "latin"


class Activation(BaseModel):
    """How to activate a model."""

    model_config = ConfigDict(extra="forbid")

    anyway: bool = Field(False, description="activate it even if it is worse")


class Rollback(BaseModel):
    """Which model to roll back."""

    model_config = ConfigDict(extra="forbid")

    script: Script = "latin"
    kind: Literal["lines", "digits"] = "lines"


@ROUTES.get("/training", summary="Get the state of the training")
def get_training(request: Request) -> dict[str, Any]:
    """Return what can be trained, how far the training is, and its result."""
    return describe_training(training_of(request))


@ROUTES.post("/training", status_code=202, summary="Start a training")
def start_training(
    request: Request, given: Annotated[NewTraining | None, Body()] = None
) -> dict[str, Any]:
    """Train the active model of a script with the reviewed lines, in the background.

    409 if a training is running. 422 if something is missing, as `obstacles` tells.
    """
    service = training_of(request)
    service.start((given or NewTraining()).script)
    return describe_training(service)


@ROUTES.post("/training/continue", status_code=202, summary="Continue a stopped training")
def continue_training(request: Request) -> dict[str, Any]:
    """Continue from the last checkpoint, with the lines of the start. 409 if none was stopped."""
    service = training_of(request)
    service.resume()
    return describe_training(service)


@ROUTES.post("/training/cancel", summary="Stop the training")
def cancel_training(request: Request) -> dict[str, Any]:
    """Stop the training; it can be continued. 409 if none is running."""
    service = training_of(request)
    service.cancel()
    return describe_training(service)


@ROUTES.delete("/training", status_code=204, summary="Delete the training")
def delete_training(request: Request) -> Response:
    """Delete the checkpoints and the new model; activated models stay. 409 while it runs."""
    training_of(request).discard()
    return Response(status_code=204)


@ROUTES.post("/models/{name}/activate", summary="Activate the trained model")
async def activate(
    request: Request, name: ModelName, given: Annotated[Activation | None, Body()] = None
) -> dict[str, Any]:
    """Use the trained model from the next reading on.

    409 with the code ``worse_model`` if it is worse on the held-out data, unless `anyway`.
    """
    service, anyway = training_of(request), (given or Activation(anyway=False)).anyway

    def run() -> dict[str, Any]:
        activate_trained_model(service.folder, name, anyway=anyway)
        return describe_training(service)

    return await ticket_of(request).run(run)


@ROUTES.post("/models/rollback", summary="Roll back to the previous model")
def rollback(request: Request, given: Annotated[Rollback | None, Body()] = None) -> dict[str, Any]:
    """Use the previous model again. 422 if the shipped model is in use."""
    service, given = training_of(request), given or Rollback()
    roll_back_model(given.script, given.kind)
    return describe_training(service)
