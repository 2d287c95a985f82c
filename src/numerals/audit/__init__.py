"""The error rate of a run: sampling plan, blind review, statement.

Modules that need SciPy (extra ``batch``) are imported on first access to one of their names; the
stages, which the page of blind review uses, do without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from numerals.audit.answers import ILLEGIBLE, NOTHING, SETTLED, SampleItem
from numerals.audit.plan import AuditPlan, Declaration
from numerals.audit.stage import Stage, open_stage

if TYPE_CHECKING:
    from numerals.audit.drawing import plan_audit
    from numerals.audit.drift import DriftReport, compare_runs
    from numerals.audit.result import AuditResult, audit_result
    from numerals.audit.reviewed import Review

__all__ = [
    "ILLEGIBLE",
    "NOTHING",
    "SETTLED",
    "AuditPlan",
    "AuditResult",
    "Declaration",
    "DriftReport",
    "Review",
    "SampleItem",
    "Stage",
    "audit_result",
    "compare_runs",
    "open_stage",
    "plan_audit",
]

_MODULES = {
    "AuditResult": "result",
    "DriftReport": "drift",
    "Review": "reviewed",
    "audit_result": "result",
    "compare_runs": "drift",
    "plan_audit": "drawing",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"numerals.audit.{_MODULES[name]}"), name)
