"""Convolutional networks (PyTorch): their layers, their augmentation, and their ONNX graphs.

Needs the ``lab`` extra. Import from its modules; nothing that reads numbers does.
"""
