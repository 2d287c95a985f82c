"""The training lines of each epoch of a line recipe, prepared ahead in worker processes."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future

from numerals.synthesis.line_sets import Lines
from numerals.training.line_pools import collect_composed, submit_augmentation, submit_composition
from numerals.training.line_recipes import LineRecipe
from numerals.training.line_samples import LineSample

_EPOCHS_AHEAD = 2


class LineEpochs:
    """Prepares the lines of the next epochs while the network trains on the current one.

    Parameters
    ----------
    pool : Executor
        Worker processes.
    recipe : LineRecipe
    real : sequence of sequences of LineSample
        Sets of real lines, augmented anew in each epoch.
    first : int
        First epoch to prepare. Lines of the epochs before it that it repeats are composed again.
    """

    def __init__(
        self, pool: Executor, recipe: LineRecipe, real: Sequence[Sequence[LineSample]], first: int
    ) -> None:
        self._pool, self._recipe, self._real = pool, recipe, real
        repeated = range(max(0, first + 1 - recipe.n_passes), first)
        earlier = [submit_composition(pool, recipe, epoch) for epoch in repeated]
        self._prepared = deque(self._submit(epoch) for epoch in range(first, first + _EPOCHS_AHEAD))
        self._next_epoch = first + _EPOCHS_AHEAD
        self._recent = deque(
            (collect_composed(futures, recipe.max_width) for futures in earlier),
            maxlen=recipe.n_passes,
        )

    def take(self) -> list[LineSample]:
        """Wait for the next epoch's lines: new composed lines, repeated ones and real lines."""
        composed, augmented = self._prepared.popleft()
        self._prepared.append(self._submit(self._next_epoch))
        self._next_epoch += 1
        self._recent.append(collect_composed(composed, self._recipe.max_width))
        return [
            *(sample for samples in self._recent for sample in samples),
            *(sample for future in augmented for sample in future.result()),
        ]

    def _submit(self, epoch: int) -> tuple[list[Future[Lines]], list[Future[list[LineSample]]]]:
        if epoch >= self._recipe.epochs:
            return [], []
        augmented = [
            future
            for samples in self._real
            for future in submit_augmentation(self._pool, self._recipe, epoch, samples)
        ]
        return submit_composition(self._pool, self._recipe, epoch), augmented
