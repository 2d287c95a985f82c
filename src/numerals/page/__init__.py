"""Find the numbers on a page: regions, combs, tables and lines from the page network's maps."""
