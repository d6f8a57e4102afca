"""Shapes of input for setting up, loading and keeping a district."""
