"""What a model looks at: coefficient maps, saliency, evidence, prototypes, hard examples.

Needs the ``lab`` extra.
"""

from numerals.explain.attribution import Attribution, Attributor
from numerals.explain.coefficients import LinearScores, class_means, linear_scores
from numerals.explain.contrast import DigitExplanation, Query, explain_digit
from numerals.explain.evidence import ClassIndex, Evidence
from numerals.explain.explaining import attributors_of, explain_model
from numerals.explain.explanation import ModelExplanation
from numerals.explain.neighbors import NearestImages, nearest_images
from numerals.explain.occlusion import Occlusion
from numerals.explain.page import write_explanation, write_maps
from numerals.explain.pictures import explanation_figures
from numerals.explain.prototypes import HardExample, hardest_examples, prototypes
from numerals.explain.saliency import IntegratedGradients, find_module
from numerals.explain.summary import explanation_text

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
    "explanation_figures",
    "explanation_text",
    "find_module",
    "hardest_examples",
    "linear_scores",
    "nearest_images",
    "prototypes",
    "write_explanation",
    "write_maps",
]
