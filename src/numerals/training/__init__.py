"""The recipes that make the shipped models: one command each. Running them needs ``lab``."""

from numerals.training.digit_recipes import RECIPES, Cycle, Recipe
from numerals.training.line_recipes import LINE_RECIPES, LineRecipe

PAGE_RECIPE = "page"
"""Name of the recipe of the page network; `page_model.PageRecipe` has its settings."""

__all__ = ["LINE_RECIPES", "PAGE_RECIPE", "RECIPES", "Cycle", "LineRecipe", "Recipe"]
