"""Processes are started where they pay."""

import pytest

from numerals.batch import parallel, read_batch
from numerals.batch.read_batch import read_units
from numerals.batch.units import Unit, WorkOptions


@pytest.mark.parametrize(("n_units", "n_processes"), [(20, 1), (300, 4)])
def test_processes_are_started_if_seconds_of_work_remain(monkeypatch, n_units, n_processes):
    seconds = iter(range(1000))
    monkeypatch.setattr(read_batch.time, "monotonic", lambda: next(seconds) / 10)
    monkeypatch.setattr(read_batch, "n_cores", lambda: 4)
    monkeypatch.setattr(read_batch, "read_unit", lambda unit, work: (unit, 1))
    monkeypatch.setattr(
        parallel, "read_parallel", lambda units, work, jobs: ((unit, jobs) for unit in units)
    )
    given = [Unit(str(i), "") for i in range(n_units)]
    found = list(read_units(iter(given), WorkOptions()))
    assert [unit for unit, _ in found] == given
    assert (found[0][1], found[-1][1]) == (1, n_processes)
