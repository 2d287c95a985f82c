"""Forward passes over many images."""

import torch
from torch import nn

_BATCH_SIZE = 1000  # images per forward pass


@torch.inference_mode()
def predict_logits(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Set a network to evaluation mode, and return the logits of images.

    Parameters
    ----------
    network : nn.Module
    images : torch.Tensor of float32, shape (n, 1, height, width)

    Returns
    -------
    torch.Tensor of float32, shape (n, n_classes)
    """
    network.eval()
    batches = [
        batch.contiguous(memory_format=torch.channels_last)
        for batch in torch.split(images, _BATCH_SIZE)
    ]
    return torch.cat([network(batch) for batch in batches])
