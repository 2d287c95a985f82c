"""Settings of the recipe of the page network. Needs no PyTorch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PageRecipe:
    """Settings of the page model.

    Attributes
    ----------
    shards : int
        Files of 500 samples each.
    steps : int
        Optimizer steps.
    batch_size : int
        Samples.
    crop_size : int, pixels
        Side of the random crop of a sample.
    body_lr, head_lr : float
        Peak learning rates of the pretrained body and of the head.
    warmup_steps : int
        Steps in which the learning rates rise.
    weight_decay, average_decay : float
        Of AdamW, and of the moving average of the weights.
    n_held_out : int
        Samples for evaluation, the last ones.
    random_state : int
    """

    shards: int = 18
    steps: int = 5200
    batch_size: int = 4
    crop_size: int = 384
    body_lr: float = 4e-4
    head_lr: float = 3e-3
    warmup_steps: int = 100
    weight_decay: float = 1e-3
    average_decay: float = 0.998
    n_held_out: int = 96
    random_state: int = 0
