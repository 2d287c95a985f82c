"""The one-cycle schedule, compared with torch's ``OneCycleLR``."""

import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")

from numerals.training.schedule import one_cycle_lr, set_one_cycle

N_STEPS = 200


def make_optimizer(*learning_rates):
    groups = [{"params": [torch.zeros(1)], "lr": lr} for lr in learning_rates]
    return torch.optim.AdamW(groups)


@pytest.mark.parametrize("warmup_share", [0.1, 0.25])
def test_rates_and_momenta_are_those_of_torch(warmup_share):
    ours, theirs = make_optimizer(1.0, 1.0), make_optimizer(1.0, 1.0)
    # torch's warm-up ends a step before this share of its steps.
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        theirs,
        [4e-3, 1e-3],
        total_steps=N_STEPS + 1,
        pct_start=(warmup_share * N_STEPS + 1) / (N_STEPS + 1),
    )
    for step in range(N_STEPS):
        set_one_cycle(ours, [4e-3, 1e-3], step / N_STEPS, warmup_share, cycle_momentum=True)
        for group, expected in zip(ours.param_groups, theirs.param_groups, strict=True):
            assert group["lr"] == pytest.approx(expected["lr"])
            assert group["betas"] == pytest.approx(expected["betas"])
        theirs.step()
        schedule.step()


def test_momentum_stays_constant_by_default():
    optimizer = make_optimizer(1.0)
    set_one_cycle(optimizer, [1e-3], 0.5, 0.1)
    assert optimizer.param_groups[0]["betas"] == (0.9, 0.999)


def test_the_peak_is_at_the_end_of_the_warm_up():
    shares = [one_cycle_lr(progress, 0.3) for progress in (0, 0.15, 0.3, 0.6, 1)]
    assert shares[2] == max(shares) == 1
    assert shares[0] == pytest.approx(1 / 25)
    assert shares[4] < 1e-5


def test_a_schedule_without_warm_up_starts_at_the_peak():
    assert one_cycle_lr(0.0, 0.0) == 1
