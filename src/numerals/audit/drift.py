"""Whether a new run resembles an audited one: a permutation test of their confidences."""

from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.audit.population import NumbersRun
from numerals.audit.stage import open_stage, stage_folders
from numerals.errors import DataError
from numerals.extras import requires_extra

with requires_extra("batch", "numerals audit"):
    from scipy.sparse import coo_array, csr_array

N_PERMUTATIONS = 1999
SIGNIFICANCE = 0.05
"""P-values below this one are reported as drift."""

_N_BINS = 500  # of the pooled confidences, of about equal counts
_CHUNK = 50  # permutations at a time

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RunScores:
    """The confidences of one run in numbers.

    Attributes
    ----------
    n_files, n_numbers : int
        Files with at least one number, and numbers.
    mean_confidence : float in [0, 1]
    accepted_share : float in [0, 1] or None
        Share of numbers that reach the threshold of the audit; None without an audit.
    """

    n_files: int
    n_numbers: int
    mean_confidence: float
    accepted_share: float | None


@dataclass(frozen=True)
class DriftReport:
    """The comparison of a run with an audited one.

    Attributes
    ----------
    new, audited : RunScores
    distance : float in [0, 1]
        Kolmogorov-Smirnov distance of the confidences.
    p_value : float in (0, 1]
        Of the permutation test over files.
    seed : int
        Of the permutations.
    min_confidence : float or None
        Threshold of the audit.
    """

    new: RunScores
    audited: RunScores
    distance: float
    p_value: float
    seed: int
    min_confidence: float | None

    @property
    def has_drifted(self) -> bool:
        """Whether the runs differ more than by chance."""
        return self.p_value < SIGNIFICANCE

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        values = {**vars(self), "new": vars(self.new), "audited": vars(self.audited)}
        return values | {"has_drifted": self.has_drifted}


def compare_runs(
    run: NumbersRun,
    against: NumbersRun,
    *,
    n_permutations: int = N_PERMUTATIONS,
    seed: int = 0,
) -> DriftReport:
    """Test whether the files of two runs are exchangeable, by the confidences of their numbers.

    The statistic is the largest difference of the two distribution functions. Numbers of one file
    depend on each other, so whole files are permuted between the runs.

    Parameters
    ----------
    run : NumbersRun
        The new run.
    against : NumbersRun
        The audited run.
    n_permutations : int, default=1999
    seed : int, default=0
        Of the permutations.

    Returns
    -------
    DriftReport

    Raises
    ------
    DataError
        If a run has no numbers, other models have read it, or the runs have so few files that no
        difference would be significant.

    References
    ----------
    Good 2005, Permutation, parametric and bootstrap tests of hypotheses, chapter 3.
    """
    tables = [_load_scores(each) for each in (run, against)]
    _check_models(run, against, tables)
    counts = [table.n_files for table in tables]
    if 1 / comb(sum(counts), counts[0]) >= SIGNIFICANCE:
        raise DataError(
            f"{run.path}: {counts[0]} files against {counts[1]} are too few for a test over files; "
            "compare runs of more files"
        )
    histograms = _bin_files(tables)
    is_new = np.arange(sum(counts)) < counts[0]
    distance = float(_distances(is_new[None], histograms)[0])
    permuted = _permuted_distances(is_new, histograms, n_permutations, seed)
    n_larger = int((permuted >= distance - 1e-12).sum())
    threshold = _threshold(against)
    new, audited = (_describe(table, threshold) for table in tables)
    p_value = (1 + n_larger) / (1 + n_permutations)
    return DriftReport(new, audited, distance, p_value, seed, threshold)


@dataclass(frozen=True, eq=False)
class _Scores:
    """The confidences of a run, and the index of each number's file."""

    confidence: FloatArray
    file: npt.NDArray[np.int64]
    models: frozenset[str]

    @property
    def n_files(self) -> int:
        return int(self.file[-1]) + 1


def _load_scores(run: NumbersRun) -> _Scores:
    confidences: list[float] = []
    files: list[int] = []
    models: set[str] = set()
    index: dict[str, int] = {}
    for row in run.rows():
        if not row.text or row.confidence is None:
            continue
        confidences.append(row.confidence)
        files.append(index.setdefault(row.file, len(index)))
        models.add(row.model)
    if not confidences:
        raise DataError(f"{run.path}: has no numbers, so that there is nothing to compare")
    order = np.argsort(files, kind="stable")
    return _Scores(
        np.array(confidences)[order], np.array(files, np.int64)[order], frozenset(models)
    )


def _check_models(run: NumbersRun, against: NumbersRun, tables: list[_Scores]) -> None:
    new, audited = (table.models for table in tables)
    if new != audited:
        raise DataError(
            f"{run.path}: was read with {', '.join(sorted(new))}, {against.path} with "
            f"{', '.join(sorted(audited))}; an audit says nothing about another model"
        )


def _bin_files(tables: list[_Scores]) -> csr_array:
    """Return the histogram of the confidences of each file, shape (n_files, n_bins)."""
    confidence = np.concatenate([table.confidence for table in tables])
    edges = np.unique(np.quantile(confidence, np.linspace(0, 1, _N_BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, confidence, side="left")
    files = np.concatenate([tables[0].file, tables[1].file + tables[0].n_files])
    shape = (int(files[-1]) + 1, len(edges) + 1)
    counts = coo_array((np.ones(len(bins)), (files, bins)), shape=shape)
    return counts.tocsr()


def _permuted_distances(
    is_new: npt.NDArray[np.bool_], histograms: csr_array, n_permutations: int, seed: int
) -> FloatArray:
    rng = np.random.default_rng(seed)
    chunks = []
    for start in range(0, n_permutations, _CHUNK):
        n = min(_CHUNK, n_permutations - start)
        labels = rng.permuted(np.tile(is_new, (n, 1)), axis=1)
        chunks.append(_distances(labels, histograms))
    return np.concatenate(chunks)


def _distances(is_new: npt.NDArray[np.bool_], histograms: csr_array) -> FloatArray:
    """Return the distance for each assignment of files, shape (n_assignments,)."""
    new = np.asarray(is_new.astype(np.float64) @ histograms)  # (n_assignments, n_bins)
    rest = np.asarray(histograms.sum(axis=0))[None] - new
    parts = [np.cumsum(each, axis=1) / each.sum(axis=1, keepdims=True) for each in (new, rest)]
    distances: FloatArray = np.abs(parts[0] - parts[1]).max(axis=1)
    return distances


def _threshold(run: NumbersRun) -> float | None:
    return open_stage(run.path).plan.min_confidence if stage_folders(run.path) else None


def _describe(scores: _Scores, threshold: float | None) -> RunScores:
    confidence = scores.confidence
    share = None if threshold is None else float((confidence >= threshold).mean())
    return RunScores(scores.n_files, len(confidence), float(confidence.mean()), share)
