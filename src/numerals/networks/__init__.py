"""Convolutional networks (PyTorch): layers, augmentation, and their ONNX graphs.

The package needs the ``lab`` extra. Nothing that reads numbers imports it.
"""
