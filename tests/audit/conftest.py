"""Runs of numbers whose truth is known, and reviewers who answer their samples."""

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("scipy", reason="needs numerals[batch]")

from numerals.audit.stage import open_stage
from numerals.batch.units import Unit
from numerals.output.number_rows import NumberRow


@dataclass
class KnownRun:
    """A run in memory, with the truth of each number by position."""

    path: str
    numbers: list[NumberRow]
    truth: list[str] = field(default_factory=list)

    def rows(self):
        return iter(self.numbers)

    def units(self):
        folder = Path(self.path).parent
        return (Unit(name, str(folder / name)) for name in {row.file for row in self.numbers})

    def answer(self, reviewer="anna", n=None, change=lambda text: text):
        """Answer the first `n` items of the open stage by the truth."""
        stage = open_stage(self.path)
        asked = list(zip(stage.items(), stage.plan.rows, strict=True))[:n]
        stage.record_all(reviewer, {item.id: change(self.truth[at]) for item, at in asked})
        return stage


@pytest.fixture
def make_run(tmp_path):
    """Return a function that makes a run of numbers, some of them wrong, 20 on each page."""

    def make_run(n=2000, error=0.0, confidence=0.999, name="run", seed=0, pictures=False):
        rng = np.random.default_rng(seed)
        path = tmp_path / name
        path.mkdir(exist_ok=True)
        is_wrong = rng.random(n) < error
        rows, truth = [], []
        for i, wrong in enumerate(is_wrong.tolist()):
            text = f"{i:05d}"
            truth.append(text[:-1] + str((int(text[-1]) + 1) % 10) if wrong else text)
            box = (10, 10 + 20 * (i % 20), 110, 25 + 20 * (i % 20))
            rows.append(
                NumberRow(
                    f"page-{i // 20}.png",
                    1,
                    1 + i % 20,
                    text=text,
                    confidence=confidence - 1e-6 * (i % 97),
                    box=box,
                )
            )
        if pictures:
            for file in {row.file for row in rows}:
                cv2.imwrite(str(tmp_path / file), np.full((430, 130, 3), 250, np.uint8))
        return KnownRun(str(path), rows, truth)

    return make_run
