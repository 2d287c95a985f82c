"""Training from the page: the process that trains, its state, and the activation of models."""
