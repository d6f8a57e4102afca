"""Neighbours help each other: offers, needs, bringing them together, confirming, disputes."""
