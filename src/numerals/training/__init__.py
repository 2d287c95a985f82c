"""The recipes that make the shipped models: one command each. Running them needs ``lab``."""

from numerals.training.recipes import RECIPES, Cycle, Recipe

__all__ = ["RECIPES", "Cycle", "Recipe"]
