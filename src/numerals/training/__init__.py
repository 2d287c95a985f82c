"""The recipes that make the shipped models: one command each. Running them needs ``lab``."""

from numerals.training.line_recipes import LINE_RECIPES, LineRecipe
from numerals.training.recipes import RECIPES, Cycle, Recipe

__all__ = ["LINE_RECIPES", "RECIPES", "Cycle", "LineRecipe", "Recipe"]
