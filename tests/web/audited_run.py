"""A run with an audit whose sample has three numbers."""

from pathlib import Path

import cv2
import numpy as np

from numerals.audit.answers import SampleItem
from numerals.audit.plan import AuditPlan, write_plan

TRUTHS = ("70", "0125", "8")


def write_audit(run: Path, *, double: bool = False) -> Path:
    """Write the first stage of an audit, with pictures of `TRUTHS`; return the run."""
    stage = run / "audit" / "stage-1"
    (stage / "crops").mkdir(parents=True)
    items = tuple(
        SampleItem(f"{number:04d}", "scan.png", page=1, line=number, box=(0, 0, 90, 40))
        for number in range(1, len(TRUTHS) + 1)
    )
    plan = AuditPlan(
        max_error=0.3, delta=0.05, stages=1, stage=1, n=3, allowed=0, power=0.9,
        min_confidence=0.9, slope=1.0, offset=0.0, n_calibration=0, estimated_risk=0.01,
        n_population=10, n_reviewed=0, seed=7, double=double, compare="exact",
        run_sha256="0" * 64, created="2026-11-30T12:00:00+00:00", items=items, rows=(0, 1, 2),
    )  # fmt: skip
    write_plan(plan, stage)
    for item, text in zip(items, TRUTHS, strict=True):
        picture = np.full((120, 320), 255, np.uint8)
        cv2.putText(picture, text, (60, 85), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 3, cv2.LINE_AA)
        cv2.imwrite(str(stage / "crops" / f"{item.id}.png"), picture)
    return run
