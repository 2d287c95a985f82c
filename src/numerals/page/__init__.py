"""Picture -> what is where on it: the page network's maps, and the numbers found in them."""
