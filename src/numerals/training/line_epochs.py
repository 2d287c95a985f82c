"""The lines of each epoch of a line recipe: composed before they are needed, met more than once."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future

from numerals.synthesis.line_sets import Lines
from numerals.training.line_pools import Sample, alter_later, compose_later, composed_samples
from numerals.training.line_recipes import LineRecipe

_AHEAD = 2  # epochs that are composed before they are needed


class LineEpochs:
    """Gives one epoch's lines after the other, while processes make those of the next ones.

    Parameters
    ----------
    pool : Executor
    recipe : LineRecipe
    real : sequence of sequences of Sample
        The sets of real lines, altered anew in each epoch.
    first : int
        The first epoch whose lines are wanted; what the epochs before it composed and it meets
        again is composed once more.
    """

    def __init__(
        self, pool: Executor, recipe: LineRecipe, real: Sequence[Sequence[Sample]], first: int
    ) -> None:
        self.pool, self.recipe, self.real = pool, recipe, real
        before = range(max(0, first + 1 - recipe.passes), first)
        again = [compose_later(pool, recipe, epoch) for epoch in before]
        self.coming = deque(self._prepare(epoch) for epoch in range(first, first + _AHEAD))
        self.next = first + _AHEAD
        self.met = deque(
            (composed_samples(lines, recipe.widest) for lines in again), maxlen=recipe.passes
        )

    def take(self) -> list[Sample]:
        """Wait for the next epoch's lines: composed ones, some met before, and real ones."""
        composed, altered = self.coming.popleft()
        self.coming.append(self._prepare(self.next))
        self.next += 1
        self.met.append(composed_samples(composed, self.recipe.widest))
        return [
            *(sample for lines in self.met for sample in lines),
            *(sample for future in altered for sample in future.result()),
        ]

    def _prepare(self, epoch: int) -> tuple[list[Future[Lines]], list[Future[list[Sample]]]]:
        if epoch >= self.recipe.epochs:
            return [], []
        altered = [
            future
            for found in self.real
            for future in alter_later(self.pool, self.recipe, epoch, found)
        ]
        return compose_later(self.pool, self.recipe, epoch), altered
