"""What a model looks at: coefficient maps, saliency, evidence, prototypes, hard examples.

Needs the ``lab`` extra.
"""

from numerals.explain.attribution import Attribution, Attributor
from numerals.explain.class_index import ClassIndex, Evidence
from numerals.explain.coefficients import LinearScores, class_means, linear_scores
from numerals.explain.digit_explanation import DigitExplanation, Query, explain_digit
from numerals.explain.example_selection import HardExample, hardest_examples, prototypes
from numerals.explain.integrated_gradients import IntegratedGradients, find_module
from numerals.explain.model_explainer import attributors_of, explain_model
from numerals.explain.model_explanation import ModelExplanation
from numerals.explain.nearest_image_contrast import NearestImages, nearest_images
from numerals.explain.occlusion import Occlusion

__all__ = [
    "Attribution",
    "Attributor",
    "ClassIndex",
    "DigitExplanation",
    "Evidence",
    "HardExample",
    "IntegratedGradients",
    "LinearScores",
    "ModelExplanation",
    "NearestImages",
    "Occlusion",
    "Query",
    "attributors_of",
    "class_means",
    "explain_digit",
    "explain_model",
    "find_module",
    "hardest_examples",
    "linear_scores",
    "nearest_images",
    "prototypes",
]
