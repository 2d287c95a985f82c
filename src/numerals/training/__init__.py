"""Training of the shipped models: one recipe per model, and fine-tuning on corrections.

Running a recipe needs the ``lab`` extra; the settings of the recipes do not.
"""

from numerals.training.digit_recipes import DIGIT_RECIPES, Cycle, DigitRecipe
from numerals.training.line_recipes import LINE_RECIPES, LineRecipe

PAGE_RECIPE = "page"
"""Name of the page network's recipe; its settings are `make_page_model.PageRecipe`."""

__all__ = ["DIGIT_RECIPES", "LINE_RECIPES", "PAGE_RECIPE", "Cycle", "DigitRecipe", "LineRecipe"]
