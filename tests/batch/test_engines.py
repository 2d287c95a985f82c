"""Processes that die cost neither the tasks that were completed nor those that follow."""

import os
import sys

import pytest
from dying_tasks import die, double

from numerals.batch.engines import LocalProcesses, WorkerDied
from numerals.errors import RunError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")


def test_tasks_are_consumed_as_they_are_completed():
    consumed = []
    tasks = (consumed.append(i) or i for i in range(20))
    results = LocalProcesses(1).map_unordered(double, tasks)
    assert next(results) == (0, 0)
    assert len(consumed) <= 3
    results.close()


def test_each_task_has_a_result_or_may_have_been_in_the_process_that_died():
    outcomes = list(LocalProcesses(2).map_unordered(double, range(30)))
    assert sorted(task for task, _ in outcomes) == list(range(30))
    died = [task for task, result in outcomes if isinstance(result, WorkerDied)]
    assert 13 in died and len(died) <= 4
    assert all(result == 2 * task for task, result in outcomes if task not in died)


def test_processes_that_always_die_end_the_run():
    with pytest.raises(RunError, match="use fewer processes"):
        list(LocalProcesses(1).map_unordered(die, range(30)))


def test_one_task_alone():
    assert LocalProcesses(2).run_alone(os.getpgid, 0) == os.getpgid(0)
    with pytest.raises(WorkerDied):
        LocalProcesses(2).run_alone(die, 1)
