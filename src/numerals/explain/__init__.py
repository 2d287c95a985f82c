"""Explain models: coefficient maps, attributions to pixels, nearest training images, examples.

Needs the ``lab`` extra.
"""

from numerals.explain.attribution import Attribution, Attributor
from numerals.explain.class_index import ClassIndex, NeighborEvidence
from numerals.explain.coefficients import LinearScores, class_means, linear_scores
from numerals.explain.digit_explanation import DigitExplanation, Query, explain_digit
from numerals.explain.example_selection import HardExample, hardest_examples, prototypes
from numerals.explain.integrated_gradients import IntegratedGradients, find_module
from numerals.explain.model_explainer import explain_model, make_attributors
from numerals.explain.model_explanation import ModelExplanation
from numerals.explain.nearest_image_contrast import (
    NearestImageContrast,
    make_nearest_image_contrast,
)
from numerals.explain.occlusion import Occlusion

__all__ = [
    "Attribution",
    "Attributor",
    "ClassIndex",
    "DigitExplanation",
    "HardExample",
    "IntegratedGradients",
    "LinearScores",
    "ModelExplanation",
    "NearestImageContrast",
    "NeighborEvidence",
    "Occlusion",
    "Query",
    "class_means",
    "explain_digit",
    "explain_model",
    "find_module",
    "hardest_examples",
    "linear_scores",
    "make_attributors",
    "make_nearest_image_contrast",
    "prototypes",
]
