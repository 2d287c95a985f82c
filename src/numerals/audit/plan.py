"""The plan of one stage of an audit: what is fixed before anybody reviews a number."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import UnionType
from typing import Any

from numerals.audit.answers import SampleItem
from numerals.errors import DataError, OptionError
from numerals.files import report_write_errors, write_atomic

PLAN_FILE = "plan.json"

_VERSION = 1


@dataclass(frozen=True)
class Declaration:
    """What an audit declares before its first stage.

    Attributes
    ----------
    max_error : float in (0, 1)
        The share of wrong numbers to test.
    confidence : float in (0, 1), default=0.95
    stages : int, default=1
        A failed stage is followed by a stricter one, up to this number.
    double : bool, default=False
        Whether two reviewers answer each number.
    compare : {"exact", "digits"}, default="exact"
        Whether signs and separators are compared.
    """

    max_error: float
    confidence: float = 0.95
    stages: int = 1
    double: bool = False
    compare: str = "exact"

    def __post_init__(self) -> None:
        for name in ("max_error", "confidence"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise OptionError(f"{name}={value:g} must be more than 0 and less than 1")
        if self.stages < 1:
            raise OptionError(f"stages={self.stages} must be at least 1")
        if self.compare not in ("exact", "digits"):
            raise OptionError(f"compare={self.compare!r}; expected exact or digits")

    @property
    def delta(self) -> float:
        """1 - confidence, without the rounding error of the difference."""
        return round(1 - self.confidence, 12)

    @property
    def stage_delta(self) -> float:
        """Probability that one stage may pass although the statement is false."""
        return self.delta / self.stages


@dataclass(frozen=True)
class AuditPlan:
    """One stage of an audit of a run.

    Attributes
    ----------
    max_error : float in (0, 1)
        The share of wrong numbers that the audit tests.
    delta : float in (0, 1)
        1 - confidence, of all stages together. Each stage has `stage_delta`.
    stages : int
        Number of stages that were declared before the first one.
    stage : int
        Number of this stage, from 1.
    n : int
        Size of the sample.
    allowed : int
        Maximum number of wrong ones with which this stage passes.
    power : float in [0, 1]
        Probability of passing if `estimated_risk` is right.
    min_confidence : float in [0, 1]
        Numbers with at least this confidence, as the run has it, are accepted.
    slope, offset : float
        Recalibration: factor and summand of the log odds of a confidence.
    n_calibration : int
        Reviewed numbers that the recalibration was fitted on; 0 leaves 1 and 0.
    estimated_risk : float in [0, 1]
        Mean of 1 - recalibrated confidence over the population.
    n_population : int
        Accepted numbers that the sample was drawn from.
    n_reviewed : int
        Accepted numbers that had been reviewed before; they are corrected and not drawn.
    seed : int
        Of the draw.
    double : bool
        Whether two reviewers answer each number.
    compare : {"exact", "digits"}
        Whether signs and separators are compared.
    run_sha256 : str
        Hash of the numbers of the run.
    created : str
        ISO 8601, UTC.
    items : tuple of SampleItem
        The sample, in the order of the draw.
    rows : tuple of int
        Position of each item in the run, from 0.
    """

    max_error: float
    delta: float
    stages: int
    stage: int
    n: int
    allowed: int
    power: float
    min_confidence: float
    slope: float
    offset: float
    n_calibration: int
    estimated_risk: float
    n_population: int
    n_reviewed: int
    seed: int
    double: bool
    compare: str
    run_sha256: str
    created: str
    items: tuple[SampleItem, ...] = ()
    rows: tuple[int, ...] = ()

    @property
    def stage_delta(self) -> float:
        """The part of `delta` that this stage may use."""
        return self.delta / self.stages

    @property
    def declaration(self) -> Declaration:
        """What the audit declared before its first stage."""
        confidence = round(1 - self.delta, 12)
        return Declaration(self.max_error, confidence, self.stages, self.double, self.compare)

    @property
    def n_accepted(self) -> int:
        """Number of accepted numbers, those that were reviewed before included."""
        return self.n_population + self.n_reviewed

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON, without the sample."""
        values = asdict(self)
        del values["items"], values["rows"]
        return values


def write_plan(plan: AuditPlan, folder: Path) -> None:
    """Write a plan to its folder."""
    sample = [
        asdict(item) | {"position": row} for row, item in zip(plan.rows, plan.items, strict=True)
    ]
    content = {"version": _VERSION} | plan.to_dict() | {"sample": sample}
    path = folder / PLAN_FILE
    with report_write_errors(path):
        write_atomic(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def load_plan(folder: Path) -> AuditPlan:
    """Return the plan of a folder.

    Raises
    ------
    DataError
        If there is none, or it is damaged.
    """
    path = folder / PLAN_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("version") != _VERSION:
            raise DataError(f"{path}: was written by another release; use that one")
        sample = content.pop("sample")
        rows = tuple(int(each.pop("position")) for each in sample)
        for each in sample:
            each["box"] = None if each["box"] is None else tuple(each["box"])
        items = tuple(SampleItem(**each) for each in sample)
        plan = AuditPlan(**content, items=items, rows=rows)
        _check_plan(plan)
        return plan
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file; make a plan: numerals audit plan") from error
    except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{path}: is not the plan of an audit ({error}); restore it from a backup"
        ) from error


def _check_plan(plan: AuditPlan) -> None:
    """Raise ValueError if a value has another type, or the sample another size than the plan."""
    for each in fields(plan):
        value, expected = getattr(plan, each.name), each.type
        if expected is float:
            expected = int | float
        if isinstance(expected, type | UnionType) and not isinstance(value, expected):
            raise ValueError(f"{each.name} is {value!r}")
    plan.declaration  # noqa: B018  # checks its values
    ids = {item.id for item in plan.items if isinstance(item.id, str)}
    if not 0 < plan.n == len(ids) == len(plan.items) <= plan.n_population:
        raise ValueError(f"n is {plan.n}, and its sample has {len(ids)} numbers")
