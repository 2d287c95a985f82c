"""Look-alikes: exact and approximate nearest neighbours."""
