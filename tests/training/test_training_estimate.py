"""How long a training takes: estimated before, and from the epochs that are done."""

import time
from dataclasses import asdict

import pytest

pytest.importorskip("fastapi", reason="needs numerals[web]")

from numerals.training import DIGIT_RECIPES, LINE_RECIPES
from numerals.training.finetuning import FinetuningSettings
from numerals.training.training_estimate import TrainingSpeed, TrainingWork, measure_work
from numerals.training.training_folder import TrainingFolder, TrainingJob, TrainingProgress
from numerals.web.training.training_json import estimate_seconds

DEFAULT = FinetuningSettings()
WORK = TrainingWork(epochs=12, lines=5900, held_out=2693)


def job(seconds=540.0) -> TrainingJob:
    work = (WORK.epochs, WORK.lines, WORK.held_out)
    return TrainingJob("latin-line", "latin", "lines", (1,), 0, "", *work, seconds, asdict(DEFAULT))


def test_the_default_speed_is_the_measured_one(monkeypatch):
    assert WORK.seconds(TrainingSpeed()) == pytest.approx(540)
    monkeypatch.delenv("NUMERALS_DATA", raising=False)
    work = measure_work(LINE_RECIPES["latin-line"], DEFAULT, 2, 76, 20)
    assert work == TrainingWork(12, 3900, 2020)  # no real lines on disk
    assert measure_work(DIGIT_RECIPES["latin-digit"], DEFAULT, 1, 76, 20).epochs == 6


def test_a_measured_speed_is_used_and_a_damaged_one_is_not():
    speed = WORK.speed(epoch_seconds=59.0, total_seconds=12 * 59 + 269.3)
    assert (speed.trained, speed.held_out) == pytest.approx((0.01, 0.1))
    assert TrainingSpeed.from_json(asdict(speed)) == speed
    for damaged in ({}, {"trained": "x", "held_out": 1}, {"trained": -1, "held_out": 1}):
        assert TrainingSpeed.from_json(damaged) == TrainingSpeed()


def test_the_time_left_follows_the_epochs_done():
    now = time.time()
    total, left = estimate_seconds(job(), TrainingProgress(changed_at=now), is_running=True)
    assert left == pytest.approx(total, rel=0.01) and total == pytest.approx(540, rel=0.01)
    half = TrainingProgress("training", 6, 70.0, now)  # twice as slow as expected
    total, left = estimate_seconds(job(), half, is_running=True)
    assert total == pytest.approx(1090, rel=0.05)
    assert left == pytest.approx(6 * 70 + 175, rel=0.05)
    _, later = estimate_seconds(
        job(), TrainingProgress("training", 6, 70.0, now - 60), is_running=True
    )
    assert later == pytest.approx(left - 60, abs=2)
    _, end = estimate_seconds(
        job(), TrainingProgress("comparing", 12, 70.0, now - 9999), is_running=True
    )
    assert 0 < end < 20
    assert estimate_seconds(job(0), TrainingProgress(), is_running=True) == (0.0, 0.0)


def test_files_are_private_and_the_speed_outlives_the_training(tmp_path):
    folder = TrainingFolder(tmp_path / "training")
    folder.make()
    folder.write_job(job())
    folder.write_progress(TrainingProgress("done"))
    folder.write_speed({"lines": {"trained": 0.01, "held_out": 0.1}})
    assert folder.read_job() == job() and folder.read_result() is None
    assert {path.stat().st_mode & 0o777 for path in folder.path.iterdir()} == {0o600}
    with folder.lock():
        assert folder.is_locked()
    assert not folder.is_locked()
    folder.clear()
    assert folder.read_job() is None and folder.read_speed()["lines"]["trained"] == 0.01
