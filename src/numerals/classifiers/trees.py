"""Decision trees, forests and gradient boosting, on unscaled gray levels.

Scaling would not change the splits.
"""

from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.tree import DecisionTreeClassifier

from numerals.classifiers.method_entry import Method
from numerals.classifiers.pixel_pipelines import pixel_pipeline

TREE_METHODS = {
    "decision-tree": Method(
        lambda: pixel_pipeline(
            DecisionTreeClassifier(min_samples_leaf=3, random_state=0), scale=False
        ),
        "one decision tree",
        {"min_samples_leaf": (1, 3, 10), "max_depth": (10, 20, None)},
    ),
    "random-forest": Method(
        lambda: pixel_pipeline(
            RandomForestClassifier(n_estimators=200, n_jobs=-1, random_state=0), scale=False
        ),
        "200 trees, each on a bootstrap sample of the images",
        {"max_features": ("sqrt", 0.1), "min_samples_leaf": (1, 3)},
    ),
    "extra-trees": Method(
        lambda: pixel_pipeline(
            ExtraTreesClassifier(n_estimators=200, n_jobs=-1, random_state=0), scale=False
        ),
        "200 trees with random thresholds",
        {"max_features": ("sqrt", 0.1), "min_samples_leaf": (1, 3)},
    ),
    "gradient-boosting": Method(
        lambda: pixel_pipeline(
            HistGradientBoostingClassifier(
                # 32 bins give the same accuracy as 256, in half the time.
                learning_rate=0.2,
                max_bins=32,
                early_stopping=False,
                random_state=0,
            ),
            scale=False,
        ),
        "small trees, each fitted to the errors of those before it",
        {"learning_rate": (0.1, 0.2), "max_leaf_nodes": (15, 31)},
    ),
}
"""Name -> method."""
