"""Composed pages whose truth is known, to train the page network."""
